package io.millrace.packager.ts;

import io.millrace.media.Timescale;
import io.millrace.packager.segment.SegmentFormat;

/**
 * The 90 kHz clock of a transport stream. Here it counts on for ever; what is written are its lower
 * 33 bits, which players follow through the wrap (HLS D8). It starts as far from 0 as CMAF's times
 * do, so that both containers show the same time.
 */
final class MediaClock {
  private static final long MASK = (1L << 33) - 1;
  private static final long OFFSET =
      (long) SegmentFormat.TIME_OFFSET_SECONDS * Timescale.VIDEO.ticksPerSecond();

  /**
   * How far the programme clock is behind decoding: what a picture's bytes may take to arrive. The
   * same for all streams.
   */
  private static final long ARRIVAL = 45_000;

  private MediaClock() {}

  /** A time on a track's timescale. */
  static long of(long ticks, Timescale timescale) {
    return Timescale.rescale(ticks, timescale, Timescale.VIDEO) + OFFSET;
  }

  /** The 33 bits of a presentation or decoding time stamp. */
  static long stamp(long time) {
    return time & MASK;
  }

  /** The 33 bits of the programme clock reference's base where this is decoded next. */
  static long reference(long decodingTime) {
    return (decodingTime - ARRIVAL) & MASK;
  }
}

package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;

/**
 * A section as it came with a stream, and where.
 *
 * @param bytes of the section, as they go on to players
 * @param mediaNanos where the broadcast was by then, in nanoseconds from its first sample
 * @param clock what the stream's 90 kHz clock showed there, 33 bits
 */
public record CueSignal(SpliceInfoSection section, Buffer bytes, long mediaNanos, long clock) {
  private static final long WRAP = 1L << 33;

  /**
   * @throws io.millrace.media.MalformedMediaException when it is no section
   * @throws io.millrace.media.UnsupportedMediaException when it is of a later protocol
   */
  public static CueSignal parse(Buffer bytes, long mediaNanos, long clock) {
    Buffer own = bytes.copy();
    return new CueSignal(SpliceInfoSection.parse(own), own, mediaNanos, clock);
  }

  /**
   * Where one of the section's times is in the broadcast: of the moments that it may be, since the
   * clock wraps every 26.5 hours, the one nearest to where the section came.
   */
  public long nanosAt(long time) {
    long apart = (section.adjusted(time) - clock) & (WRAP - 1);
    long ticks = apart >= WRAP / 2 ? apart - WRAP : apart;
    return mediaNanos + nanos(ticks);
  }

  /** A duration on the 90 kHz clock. */
  public static long nanos(long ticks) {
    return Math.floorDiv(ticks * 100_000, 9);
  }
}

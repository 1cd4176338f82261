package io.millrace.packager.segment;

import io.millrace.media.Sample;

/** Takes the samples of one track's open segment, then its end. */
public interface TrackWriter {
  /** A segment gets its first sample; one that never does has only its end. */
  default void begin(SegmentStart start) {}

  /**
   * Adds the next sample.
   *
   * @param duration ticks of the track's timescale to the next sample
   */
  void add(Sample sample, long duration);

  /** Whether time without samples is written too, as sound in which nothing is heard. */
  boolean fills();

  /**
   * Adds what is not heard, for a time without samples; only where it {@link #fills}.
   *
   * @param fromTicks where the samples so far end, or else where the segment starts
   */
  void fill(long fromTicks, long untilTicks);

  /**
   * Adds time of which nothing can come any more: the segment is a gap, with the parts that it has
   * and gaps of parts behind these (HLS B9, L6). No sample follows before the cut, up to which the
   * rest is lost too.
   *
   * @param fromTicks where the samples so far end, or else where the segment starts
   * @param untilTicks how far nobody waits any longer
   */
  default void lose(long fromTicks, long untilTicks) {
    throw new UnsupportedOperationException("only where parts are listed");
  }

  /** Ends the open segment and starts the next. */
  void cut(Cut cut);
}

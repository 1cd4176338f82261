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

  /** Ends the open segment and starts the next. */
  void cut(Cut cut);
}

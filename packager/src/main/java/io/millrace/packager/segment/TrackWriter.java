package io.millrace.packager.segment;

import io.millrace.media.Sample;

/** Takes the samples of one track's open segment, then its end. */
public interface TrackWriter {
  /**
   * Adds the next sample.
   *
   * @param duration ticks of the track's timescale to the next sample
   */
  void add(Sample sample, long duration);

  /** Ends the open segment and starts the next. */
  void cut(Cut cut);
}

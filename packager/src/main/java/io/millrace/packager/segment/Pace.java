package io.millrace.packager.segment;

/**
 * How much media has come, as a measure of the time in which it came: that of the track of which
 * the most has come. Timestamps that jump count for little.
 */
final class Pace {
  private static final long LONGEST_STEP = 1_000_000_000L;

  private long nanos;

  /** Since the first sample. */
  long nanos() {
    return nanos;
  }

  /**
   * A track's next sample has come.
   *
   * @param trackNanos what had come of it
   * @param stepNanos to this sample from the one before
   * @return what has come of it
   */
  long step(long trackNanos, long stepNanos) {
    long reached = trackNanos + Math.min(stepNanos, LONGEST_STEP);
    nanos = Math.max(nanos, reached);
    return reached;
  }
}

package io.millrace.packager.segment;

/**
 * How much media has come, as a measure of the time in which it came: that of the track of which
 * the most has come. Timestamps that jump count for little.
 */
final class ArrivalClock {
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
   * @param stepBeforeNanos to that one from the one before it; 0 when that is not known
   * @return what has come of it
   */
  long step(long trackNanos, long stepNanos, long stepBeforeNanos) {
    long reached = trackNanos + Math.min(stepNanos, Math.max(LONGEST_STEP, stepBeforeNanos));
    nanos = Math.max(nanos, reached);
    return reached;
  }
}

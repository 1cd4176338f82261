package io.millrace.transcoder;

/**
 * Says which pictures become key frames, the same ones in every rung: those of the source and those
 * with which its segments start, and where they are further apart than the wish, some between. What
 * is usually of one length is divided evenly; short before one of them is expected there is none.
 * Pure; times are those of presentation, in one timescale, rising.
 */
final class KeyFrameGrid {
  private static final long NEVER = Long.MIN_VALUE;

  private final long wish;

  private long lastKey = NEVER;
  private long lastFixed = NEVER;
  private long lastTime = NEVER;

  /** From one fixed key frame to the next, the last time; 0 before that is known. */
  private long group;

  /**
   * @param wish how long a group may be
   */
  KeyFrameGrid(long wish) {
    this.wish = Math.max(1, wish);
  }

  /**
   * Whether the picture at this time is to be a key frame.
   *
   * @param fixed whether it is one anyway
   */
  boolean isKey(long time, boolean fixed) {
    long halfStep = lastTime == NEVER ? 0 : (time - lastTime) / 2;
    lastTime = time;
    if (fixed && lastFixed != NEVER) {
      group = time - lastFixed;
    }
    if (fixed) {
      lastFixed = time;
    }
    boolean key = fixed || lastKey == NEVER || (isDue(time + halfStep) && !awaitsFixed(time));
    if (key) {
      lastKey = time;
    }
    return key;
  }

  private boolean isDue(long time) {
    if (group == 0) {
      // Whether a source's groups are just a little longer than the wish is not known yet.
      return time - lastKey >= wish + wish / 4;
    }
    long parts = Math.max(1, (group + wish / 2) / wish);
    return time - lastKey >= Math.max(wish, group / parts);
  }

  private boolean awaitsFixed(long time) {
    return group > 0 && Math.abs(lastFixed + group - time) < wish / 4;
  }
}

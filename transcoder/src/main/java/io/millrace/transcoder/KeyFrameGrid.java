package io.millrace.transcoder;

/**
 * Says which pictures become key frames, the same ones in every rung: those of the source, and
 * where its groups are longer than the wish, some between. Groups that are usually of one length
 * are divided evenly; short before a key frame is expected there is none. Pure; times are those of
 * presentation, in one timescale, rising.
 */
final class KeyFrameGrid {
  private static final long NEVER = Long.MIN_VALUE;

  private final long wish;

  private long lastKey = NEVER;
  private long lastSourceKey = NEVER;
  private long lastTime = NEVER;

  /** Of the source's last group; 0 before one is known. */
  private long group;

  /**
   * @param wish how long a group may be
   */
  KeyFrameGrid(long wish) {
    this.wish = Math.max(1, wish);
  }

  /** Whether the picture at this time is to be a key frame. */
  boolean isKey(long time, boolean sourceKey) {
    long halfStep = lastTime == NEVER ? 0 : (time - lastTime) / 2;
    lastTime = time;
    if (sourceKey && lastSourceKey != NEVER) {
      group = time - lastSourceKey;
    }
    if (sourceKey) {
      lastSourceKey = time;
    }
    boolean key = sourceKey || lastKey == NEVER || (isDue(time + halfStep) && !awaitsSource(time));
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

  private boolean awaitsSource(long time) {
    return group > 0 && Math.abs(lastSourceKey + group - time) < wish / 4;
  }
}

package io.millrace.media.health;

/** When something happened last. Times are {@link System#nanoTime}. */
final class Moment {
  private boolean happened;
  private long atNanos;
  private long counted;

  /** It happens now. */
  void mark(long nowNanos) {
    happened = true;
    atNanos = nowNanos;
  }

  /** It has happened so often by now. */
  void count(long total, long nowNanos) {
    if (total > counted) {
      counted = total;
      mark(nowNanos);
    }
  }

  /** How long ago; {@link Long#MAX_VALUE} when never. */
  long since(long nowNanos) {
    return happened ? nowNanos - atNanos : Long.MAX_VALUE;
  }
}

package io.millrace.packager.segment;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a rung has not come while its leader went on, and whether whoever made it is gone. Pure;
 * time is an argument.
 */
final class RungSilence {
  /**
   * How long nothing may come before what is missing is a gap where parts are listed: longer than
   * an encoder stands still on a busy machine.
   */
  private static final Duration LONGEST = Duration.ofMillis(1_500);

  /** When nobody looked for longer, the server stood still itself. */
  private static final long LONGEST_LOOK_NANOS = 100_000_000;

  private Instant lastLook;
  private long nanos;
  private boolean gone;

  RungSilence(Instant now) {
    this.lastLook = now;
  }

  /**
   * Time passes.
   *
   * @param isAwaited whether the leader is ahead of what has come
   */
  void look(boolean isAwaited, Instant now) {
    long since = Duration.between(lastLook, now).toNanos();
    lastLook = now;
    nanos = isAwaited ? nanos + Math.clamp(since, 0, LONGEST_LOOK_NANOS) : 0;
  }

  /** A sample has come. */
  void heard() {
    nanos = 0;
    gone = false;
  }

  /** Nothing more comes of what has begun. */
  void lost() {
    gone = true;
  }

  /** Whether what has begun does not go on. */
  boolean isGone() {
    return gone;
  }

  /** Whether nothing is waited for any longer. */
  boolean isTooLong() {
    return nanos >= LONGEST.toNanos();
  }
}

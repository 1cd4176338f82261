package io.millrace.packager.segment;

import java.time.Duration;

/** The target duration of one broadcast: chosen once, then the same for ever (HLS B3). */
final class TargetDuration {
  private static final long SECOND = 1_000_000_000L;
  private static final long LEAST_LAG = 1_500_000_000L;

  private final CutRules rules;
  private int seconds;

  /**
   * @param seconds what has been chosen already; 0 when nothing has
   */
  TargetDuration(CutRules rules, int seconds) {
    this.rules = rules;
    this.seconds = seconds;
  }

  /** 0 until it is chosen. */
  int seconds() {
    return seconds;
  }

  /** Chooses by the first group of pictures; does nothing the second time. */
  void choose(long groupNanos) {
    if (seconds == 0) {
      seconds = rules.targetFor(groupNanos);
    }
  }

  /** The longest that a segment may be. */
  long limitNanos() {
    Duration unchosen = rules.target().orElse(CutRules.LONGEST_TARGET);
    return seconds == 0 ? unchosen.toNanos() : seconds * SECOND;
  }

  /** How far one track may be behind another before it is no longer waited for. */
  long lagNanos() {
    return Math.max(LEAST_LAG, limitNanos() / 2);
  }
}

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

  /** Whether the choice must wait for the length of a group of pictures. */
  boolean awaitsGroup() {
    return seconds == 0 && rules.target().isEmpty();
  }

  /** Chooses by the longest group of pictures so far; does nothing the second time. */
  void choose(long groupNanos) {
    if (seconds == 0) {
      seconds = rules.targetFor(groupNanos);
    }
  }

  /**
   * Chooses at the first cut, which may lie behind several groups: a first group that is shorter
   * than the others says nothing about them.
   */
  void choose(long longestGroupNanos, long segmentNanos) {
    if (seconds == 0) {
      seconds = rules.targetFor(longestGroupNanos, segmentNanos);
    }
  }

  /**
   * The longest that a segment may be if the choice is made now.
   *
   * @param longestGroupNanos the longest group of pictures so far
   */
  long limitNanos(long longestGroupNanos) {
    return SECOND * (seconds == 0 ? rules.targetFor(longestGroupNanos) : seconds);
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

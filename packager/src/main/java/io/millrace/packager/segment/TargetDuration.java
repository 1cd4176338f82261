package io.millrace.packager.segment;

import java.time.Duration;

/** The target duration of one broadcast: chosen once, then the same for ever (HLS B3). */
final class TargetDuration {
  private static final long SECOND = 1_000_000_000L;
  private static final long LEAST_PATIENCE = 300_000_000L;

  /** Rounding to whole seconds leaves this much room above the target duration (HLS B2). */
  private static final long SLACK = 400_000_000L;

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

  /** The longest that a segment may be when its duration is rounded to whole seconds. */
  long longestNanos() {
    return limitNanos() + SLACK;
  }

  /**
   * How far the leader may be behind another track before it is no longer waited for. A segment of
   * the target duration and this wait are less than HLS B8 allows, and than a silent encoder is
   * given.
   */
  long patienceNanos() {
    return Math.max(LEAST_PATIENCE, limitNanos() * 3 / 10);
  }

  /**
   * How far another track may be behind the start of the leader's segment, and how much may come,
   * before the segment ends with what is there: not before {@link GroupCuts} would end it, as far
   * as HLS B8 allows.
   *
   * @param frameNanos of the leader
   */
  long dueNanos(long frameNanos) {
    long whole = Math.min(longestNanos() + frameNanos, limitNanos() * 29 / 20);
    return Math.max(limitNanos() + patienceNanos(), whole);
  }

  /**
   * How much may come ({@link ArrivalClock}) after the end of the leader's segment before another
   * track is no longer waited for that is not known to be late: the shorter the segment, the more
   * of what HLS B8 allows is left.
   */
  long waitNanos(long segmentNanos) {
    return Math.max(patienceNanos(), updateNanos() - segmentNanos);
  }

  /** By when there is to be another segment behind one: 1.35 target durations (HLS B8). */
  long updateNanos() {
    return limitNanos() * 27 / 20;
  }
}

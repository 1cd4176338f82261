package io.millrace.packager.segment;

import java.util.Arrays;

/**
 * Decides where the leader's segments end: at a key frame wherever one is in reach, else before the
 * sample with which a segment would be too long.
 *
 * <p>What has been written cannot be taken back, so at a key frame it has to be foreseen whether
 * the next one will be in reach too: the longest of the last {@value #REMEMBERED} groups of
 * pictures says so. Times are nanoseconds of the leader's decoding time.
 */
final class GroupCuts {
  private static final long TOLERANCE = 50_000_000L;
  private static final int REMEMBERED = 8;

  private final CutRules rules;
  private final TargetDuration target;
  private final long[] groups = new long[REMEMBERED];
  private int next;
  private long longest;
  private long lastKeyNanos;

  GroupCuts(CutRules rules, TargetDuration target) {
    this.rules = rules;
    this.target = target;
  }

  /** A group of pictures starts here, whatever was before. */
  void startGroup(long nanos) {
    lastKeyNanos = nanos;
  }

  /**
   * Whether the segment ends before a key frame. The first time that it does chooses the target
   * duration.
   *
   * @param elapsed how long the segment would be
   * @param sinceStart from where the run starts, in any track
   * @param wanted whether a cut is wanted for another reason
   */
  boolean endsAtKeyFrame(long nanos, long elapsed, long sinceStart, boolean wanted) {
    long group = nanos - lastKeyNanos;
    longest = Math.max(longest, group);
    groups[next] = group;
    next = (next + 1) % REMEMBERED;
    boolean due =
        wanted
            || elapsed >= rules.wish().toNanos() - TOLERANCE
            || elapsed + expected() > target.limitNanos(longest);
    if (!due || (longest == 0 && target.awaitsGroup())) {
      return false;
    }
    target.choose(longest, Math.max(elapsed, sinceStart));
    return true;
  }

  /**
   * Whether the segment ends before a sample that is no key frame: it is too long for the target
   * duration even when that is rounded, or the group cannot be whole in any segment.
   */
  boolean endsInside(long nanos, long elapsed, long stepNanos) {
    boolean hopeless = nanos + stepNanos - lastKeyNanos > target.longestNanos();
    return elapsed + stepNanos > (hopeless ? target.limitNanos() : target.longestNanos());
  }

  /** How long the next group may be, of those that can be whole in a segment at all. */
  private long expected() {
    long limit = target.limitNanos(longest);
    return Arrays.stream(groups).filter(group -> group <= limit).max().orElse(0);
  }
}

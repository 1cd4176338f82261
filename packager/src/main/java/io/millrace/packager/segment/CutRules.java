package io.millrace.packager.segment;

import java.time.Duration;
import java.util.Optional;

/**
 * How long segments are to be.
 *
 * @param wish segments are at least this long where key frames allow it
 * @param target the target duration; chosen from the first group of pictures when empty
 * @param part longest part
 */
public record CutRules(Duration wish, Optional<Duration> target, Duration part) {
  /** The longest target duration that is chosen automatically. */
  public static final Duration LONGEST_TARGET = Duration.ofSeconds(12);

  /**
   * How much memory the samples of one track's open segment may take, whatever their times say: an
   * encoder that makes 40 Mbit/s of the longest segments stays below it.
   */
  public static final long MOST_BYTES = 64L << 20;

  /** What encoders' rounding may add to a segment; without it the last picture would be cut off. */
  private static final long ROUNDING = 250_000_000;

  /** The target for a stream whose first group of pictures is this long, in whole seconds. */
  int targetFor(long groupNanos) {
    Duration chosen =
        target.orElseGet(
            () -> {
              Duration group = Duration.ofNanos(groupNanos).plusSeconds(1);
              Duration segment = Duration.ofNanos(usualSegment(groupNanos) + ROUNDING);
              Duration least = group.compareTo(segment) < 0 ? segment : group;
              return least.compareTo(LONGEST_TARGET) > 0 ? LONGEST_TARGET : least;
            });
    return wholeSeconds(chosen);
  }

  /**
   * The same, where the first segment is already cut.
   *
   * @param segmentNanos how long it is; it may hold groups of any length
   */
  int targetFor(long groupNanos, long segmentNanos) {
    int byGroup = targetFor(groupNanos);
    return target.isPresent()
        ? byGroup
        : Math.min(
            wholeSeconds(LONGEST_TARGET),
            Math.max(byGroup, wholeSeconds(Duration.ofNanos(segmentNanos))));
  }

  /** So many whole groups as reach the wish. */
  private long usualSegment(long groupNanos) {
    long wished = wish.toNanos();
    return groupNanos <= 0 || groupNanos > wished
        ? Math.max(wished, groupNanos)
        : (wished + groupNanos - 1) / groupNanos * groupNanos;
  }

  static int wholeSeconds(Duration duration) {
    return (int) duration.plusNanos(999_999_999).toSeconds();
  }
}

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

  /** The target for a stream whose first group of pictures is this long, in whole seconds. */
  int targetFor(long groupNanos) {
    Duration chosen =
        target.orElseGet(
            () -> {
              Duration group = Duration.ofNanos(groupNanos).plusSeconds(1);
              Duration least = group.compareTo(wish) < 0 ? wish : group;
              return least.compareTo(LONGEST_TARGET) > 0 ? LONGEST_TARGET : least;
            });
    return wholeSeconds(chosen);
  }

  static int wholeSeconds(Duration duration) {
    return (int) duration.plusNanos(999_999_999).toSeconds();
  }
}

package io.millrace.transcoding;

import java.time.Duration;
import java.util.Optional;

/**
 * When to speak of samples that were not transcoded: with the first, then once a minute with how
 * many they have been since, so that a transcoder that is away for long does not flood the log.
 * Pure; times are of one monotonic clock, in nanoseconds.
 */
final class DropReports {
  private static final long PERIOD_NANOS = Duration.ofMinutes(1).toNanos();

  private long counted;
  private long untold;
  private boolean hasSpoken;
  private long spokenNanos;

  /**
   * Takes how many have been dropped by now.
   *
   * @param dropped in all
   * @return how many of them are new
   */
  long counted(long dropped) {
    long more = dropped - counted;
    counted = dropped;
    untold += more;
    return more;
  }

  /** How many there were since it was last spoken of, where there are any and it is time to. */
  Optional<Long> due(long nowNanos) {
    if (untold == 0 || (hasSpoken && nowNanos - spokenNanos < PERIOD_NANOS)) {
      return Optional.empty();
    }
    hasSpoken = true;
    spokenNanos = nowNanos;
    long samples = untold;
    untold = 0;
    return Optional.of(samples);
  }
}

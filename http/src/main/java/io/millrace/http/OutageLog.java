package io.millrace.http;

import java.time.Duration;
import java.util.Optional;

/**
 * Decides when to speak of something that is away, so that a log is not flooded by everybody who
 * misses it: at the first failure, then at most once per period with how many there were, and when
 * it is back. Pure; times are of one monotonic clock, in nanoseconds. Thread-safe.
 */
public final class OutageLog {
  private final long periodNanos;
  private boolean away;
  private long spokenNanos;
  private long failures;

  public OutageLog(Duration period) {
    this.periodNanos = period.toNanos();
  }

  /**
   * It was missed.
   *
   * @return how often since it was last spoken of, where it is time to speak
   */
  public synchronized Optional<Long> failed(long now) {
    failures++;
    if (away && now - spokenNanos < periodNanos) {
      return Optional.empty();
    }
    away = true;
    spokenNanos = now;
    long count = failures;
    failures = 0;
    return Optional.of(count);
  }

  /**
   * It answered.
   *
   * @return how often it was missed since it was last spoken of, where it had been away
   */
  public synchronized Optional<Long> answered() {
    if (!away) {
      return Optional.empty();
    }
    away = false;
    long count = failures;
    failures = 0;
    return Optional.of(count);
  }
}

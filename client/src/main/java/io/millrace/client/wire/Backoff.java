package io.millrace.client.wire;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: a random time below a bound that doubles with each
 * attempt, so that those who lost one server do not come back at once. Pure.
 */
public record Backoff(Duration first, Duration longest) {
  private static final int MOST_DOUBLINGS = 30;

  public Backoff {
    if (!first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("from " + first + " to " + longest);
    }
  }

  /**
   * The wait before an attempt.
   *
   * @param attempt counted from 0 since it last worked
   */
  public Duration before(int attempt, RandomGenerator random) {
    long doubled = first.toMillis() << Math.min(attempt, MOST_DOUBLINGS);
    long bound = doubled <= 0 ? longest.toMillis() : Math.min(doubled, longest.toMillis());
    return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
  }
}

package io.millrace.storage;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between tries: a random part of a bound that doubles with each, so that many who failed
 * together do not come back together. Not thread-safe.
 */
final class Backoff {
  private final long longestMillis;
  private final RandomGenerator random;
  private final long firstMillis;
  private long boundMillis;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    firstMillis = first.toMillis();
    longestMillis = longest.toMillis();
    this.random = random;
    boundMillis = firstMillis;
  }

  /** How long to wait now, in milliseconds: at least one. */
  long nextMillis() {
    long pause = 1 + random.nextLong(boundMillis);
    boundMillis = Math.min(longestMillis, boundMillis * 2);
    return pause;
  }

  /** After a success. */
  void reset() {
    boundMillis = firstMillis;
  }
}

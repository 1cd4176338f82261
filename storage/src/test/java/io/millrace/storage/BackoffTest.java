package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final int ROUNDS = 1000;

  @Test
  void pausesAreARandomPartOfABoundThatDoubles() {
    long[] longest = new long[6];
    Random random = new Random(5);
    for (int round = 0; round < ROUNDS; round++) {
      Backoff backoff = backoff(random);
      for (int i = 0; i < longest.length; i++) {
        long pause = backoff.nextMillis();
        assertThat(pause).isPositive();
        longest[i] = Math.max(longest[i], pause);
      }
    }

    long[] bounds = {100, 200, 400, 800, 1000, 1000};
    for (int i = 0; i < bounds.length; i++) {
      assertThat(longest[i]).isBetween(bounds[i] * 9 / 10, bounds[i]);
    }
  }

  @Test
  void beginsAnewAfterASuccess() {
    Backoff backoff = backoff(new Random(1));
    for (int i = 0; i < 10; i++) {
      backoff.nextMillis();
    }

    backoff.reset();

    assertThat(backoff.nextMillis()).isLessThanOrEqualTo(100);
  }

  private static Backoff backoff(Random random) {
    return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), random);
  }
}

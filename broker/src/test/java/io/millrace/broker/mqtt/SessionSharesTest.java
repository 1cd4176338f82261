package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whose sessions take how much. */
class SessionSharesTest {
  private static final long MOST = 100_000;

  private final SessionShares shares = new SessionShares(MOST);

  /** How many sessions of 2,000 bytes a principal gets. */
  private int fill(String principal) {
    int count = 0;
    while (shares.take(principal + "-" + count, principal, 2000)) {
      count++;
    }
    return count;
  }

  @Test
  void oneAloneHasHalfTwoHaveAQuarterOfTheRestAndThereIsAlwaysRoomForTheNext() {
    assertThat(fill("a")).isEqualTo(25);
    assertThat(fill("b")).isEqualTo(12);
    assertThat(fill("c")).isEqualTo(6);
    assertThat(shares.of("a")).isEqualTo(50_000);
  }

  @Test
  void whatIsThereMayShrinkAndAlwaysHasItsKilobyte() {
    assertThat(shares.take("small", "a", 300)).isTrue();
    fill("a");
    fill("b");
    assertThat(shares.take("a-0", "a", 2001)).isFalse();
    assertThat(shares.take("a-0", "a", 1500)).isTrue();
    assertThat(shares.take("a-0", "a", 2000)).isFalse();
    assertThat(shares.take("small", "a", SessionShares.SMALL)).isTrue();
    assertThat(shares.take("small", "a", SessionShares.SMALL + 1)).isFalse();
  }

  @Test
  void whatIsTakenAndRemovedAddsUp() {
    Seeds.forEach(
        50,
        random -> {
          SessionShares its = new SessionShares(MOST);
          Map<String, Map<String, Long>> model = new HashMap<>();
          for (int i = 0; i < 300; i++) {
            step(its, model, random);
          }
          model.forEach(
              (principal, sessions) ->
                  assertThat(its.of(principal))
                      .isEqualTo(sessions.values().stream().mapToLong(Long::longValue).sum()));
        });
  }

  private static void step(
      SessionShares shares, Map<String, Map<String, Long>> model, RandomGenerator random) {
    String key = "k" + random.nextInt(20);
    String principal = "p" + random.nextInt(3);
    long bytes = random.nextInt(20_000);
    if (random.nextInt(4) == 0) {
      shares.remove(key);
      model.values().forEach(sessions -> sessions.remove(key));
    } else if (shares.take(key, principal, bytes)) {
      model.values().forEach(sessions -> sessions.remove(key));
      model.computeIfAbsent(principal, none -> new HashMap<>()).put(key, bytes);
    }
  }
}

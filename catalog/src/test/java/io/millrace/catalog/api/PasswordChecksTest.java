package io.millrace.catalog.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.PasswordHash;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordChecksTest {
  /** Costs a tenth of a real one. */
  private static final String CHEAP = "$argon2id$v=19$m=2048,t=2,p=1$c29tZXNhbHQ$" + "A".repeat(43);

  private final Vertx vertx = Vertx.vertx();
  private final PasswordChecks checks = new PasswordChecks(vertx);
  private final String stored = PasswordHash.of("right");

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void tellsRightFromWrong() throws Exception {
    assertThat(checks.matches("a", "right", stored).await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(checks.matches("a", "wrong", stored).await(20, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void oneAddressGetsFewAtOnceAndOthersTheirTurnAllTheSame() throws Exception {
    List<Future<Boolean>> guesses = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      guesses.add(checks.matches("guesser", "wrong", stored));
    }
    Future<Boolean> other = checks.matches("other", "right", stored);
    assertThat(guesses.stream().filter(Future::failed))
        .hasSizeGreaterThanOrEqualTo(90)
        .allMatch(guess -> guess.cause() instanceof ApiProblem problem && problem.status() == 429);
    assertThat(other.await(20, TimeUnit.SECONDS)).isTrue();
    Future.join(guesses).otherwiseEmpty().await(20, TimeUnit.SECONDS);
    assertThat(checks.matches("guesser", "right", stored).await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void keepsWorkerThreadsFreeForOthers() throws Exception {
    List<Future<Boolean>> guesses = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      guesses.add(checks.matches("guesser " + i, "wrong", CHEAP));
    }
    assertThat(vertx.executeBlocking(() -> true, false).await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(guesses.stream().filter(guess -> !guess.isComplete())).isNotEmpty();
    Future.join(guesses).otherwiseEmpty().await(30, TimeUnit.SECONDS);
  }
}

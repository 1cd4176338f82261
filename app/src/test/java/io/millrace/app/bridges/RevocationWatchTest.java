package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.RevokedToken;
import io.millrace.access.RevokedTokens;
import io.millrace.testkit.FakeClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RevocationWatchTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration SKEW = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final FakeClock clock = new FakeClock(START);
  private final RevokedTokens revoked = new RevokedTokens(2);
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aRevokedTokenIsRefusedUntilItsEndWithTheSkewAndWhoUsesItHears() {
    try (RevocationWatch watch = watch(reader -> given(reader, token("a", 60)))) {
      assertThat(watch.look().succeeded()).isTrue();
    }

    assertThat(heard).containsExactly("a");
    assertThat(revoked.isRevoked("a", START.plusSeconds(89))).isTrue();
    assertThat(revoked.isRevoked("a", START.plusSeconds(90))).isFalse();
  }

  @Test
  void oneThatHasEndedIsPassedOver() {
    try (RevocationWatch watch = watch(reader -> given(reader, token("old", -30)))) {
      assertThat(watch.look().succeeded()).isTrue();
    }

    assertThat(heard).isEmpty();
    assertThat(revoked.size()).isZero();
  }

  @Test
  void looksAgainAfterWhateverWentWrongAndNotWhileALookIsUnderWay() {
    AtomicInteger looks = new AtomicInteger();
    Promise<Void> third = Promise.promise();
    try (RevocationWatch watch =
        watch(
            reader ->
                switch (looks.incrementAndGet()) {
                  case 1 -> throw new IllegalStateException("cannot ask");
                  case 2 -> Future.failedFuture("the database is away");
                  case 3 -> third.future();
                  default -> given(reader, token("throws", 60));
                })) {
      assertThat(watch).isNotNull();
      await().until(() -> looks.get() == 3);
      assertThat(watch.look().isComplete()).as("one look at a time").isFalse();
      assertThat(looks.get()).isEqualTo(3);
      third.complete();
      await().until(() -> looks.get() >= 5);
      assertThat(revoked.isRevoked("throws", START)).isTrue();
    }
  }

  @Test
  void oneThatThereIsNoRoomForIsNotTakenForRevoked() {
    try (RevocationWatch watch =
        watch(reader -> given(reader, token("a", 1), token("b", 1), token("c", 60)))) {
      assertThat(watch.look().failed()).isTrue();
      assertThat(heard).containsExactly("a", "b");

      clock.advance(Duration.ofSeconds(31));
      await().until(() -> heard.contains("c"));
    }
  }

  private RevocationWatch watch(RevocationWatch.News news) {
    return new RevocationWatch(
        vertx,
        news,
        revoked,
        SKEW,
        jti -> {
          heard.add(jti);
          if (jti.equals("throws")) {
            throw new IllegalStateException("does not want to hear");
          }
        },
        clock,
        Duration.ofMillis(20));
  }

  private static Future<Void> given(Consumer<RevokedToken> reader, RevokedToken... tokens) {
    List.of(tokens).forEach(reader);
    return Future.succeededFuture();
  }

  private static RevokedToken token(String jti, long seconds) {
    return new RevokedToken(jti, START.plusSeconds(seconds));
  }
}

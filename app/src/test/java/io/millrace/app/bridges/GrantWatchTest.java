package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantEnd;
import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.millrace.access.PublishLimits;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicGrant;
import io.millrace.testkit.FakeClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GrantWatchTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private final Vertx vertx = Vertx.vertx();
  private final FakeClock clock = new FakeClock(START);
  private final OpenGrants grants = new OpenGrants();
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void endsGrantsWhoseKeyIsNoLongerGoodAndNobodyWhileThatIsNotKnown() {
    AtomicReference<Future<Set<String>>> good = new AtomicReference<>();
    good.set(Future.failedFuture("the database is away"));
    AtomicInteger asked = new AtomicInteger();
    open("kept", Optional.empty(), GrantId.key("kept"));
    open("revoked", Optional.empty(), GrantId.key("revoked"));
    open("token", Optional.empty(), GrantId.token("revoked"));
    try (GrantWatch watch =
        watch(
            ids -> {
              asked.incrementAndGet();
              assertThat(ids).contains("kept");
              return good.get();
            })) {
      assertThat(watch).isNotNull();
      await().until(() -> asked.get() >= 2);
      assertThat(heard).isEmpty();

      good.set(Future.succeededFuture(Set.of("kept")));
      await().until(() -> heard.contains("revoked " + GrantEnd.REVOKED));
      int before = asked.get();
      await().until(() -> asked.get() >= before + 2);
      assertThat(heard).hasSize(1);
      assertThat(grants.size()).isEqualTo(2);
    }
  }

  @Test
  void endsGrantsWhoseTimeIsOverWhileNobodyAnswers() {
    open("short", Optional.of(START.plusSeconds(60)), GrantId.key("one"));
    AtomicInteger asked = new AtomicInteger();
    try (GrantWatch watch =
        watch(
            ids -> {
              asked.incrementAndGet();
              return io.vertx.core.Promise.<Set<String>>promise().future();
            })) {
      assertThat(watch).isNotNull();
      await().until(() -> asked.get() == 1);
      assertThat(heard).isEmpty();
      clock.advance(Duration.ofMinutes(1));
      await().until(() -> heard.contains("short " + GrantEnd.EXPIRED));
      assertThat(asked.get()).as("questions do not pile up").isEqualTo(1);
    }
  }

  private GrantWatch watch(GrantWatch.Good good) {
    return new GrantWatch(
        vertx, grants, Map.of(GrantId.Kind.KEY, good), clock, Duration.ofMillis(20));
  }

  private void open(String name, Optional<Instant> expiresAt, GrantId id) {
    TopicGrant grant =
        new TopicGrant(
            "default", name, expiresAt, Set.of(id), TopicCapabilities.PUBLIC, PublishLimits.NONE);
    var _ = grants.open(grant, end -> heard.add(name + " " + end));
  }
}

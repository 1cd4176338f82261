package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.AccessDecision;
import io.millrace.access.GrantEnd;
import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.millrace.access.PublishLimits;
import io.millrace.access.RecentGrants;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicDecision.Granted;
import io.millrace.access.TopicGrant;
import io.millrace.testkit.FakeClock;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
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

  @Test
  void goesOnLookingAfterAnAskerAndAConnectionThrew() {
    AtomicInteger asked = new AtomicInteger();
    TopicGrant grant =
        new TopicGrant(
            "default",
            "throws",
            Optional.empty(),
            Set.of(GrantId.key("throws")),
            TopicCapabilities.PUBLIC,
            PublishLimits.NONE);
    var _ =
        grants.open(
            grant,
            end -> {
              throw new IllegalStateException("does not want to hear");
            });
    open("also", Optional.empty(), GrantId.key("also"));
    try (GrantWatch watch =
        watch(
            ids -> {
              if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("cannot ask");
              }
              return Future.succeededFuture(asked.get() < 4 ? ids : Set.of());
            })) {
      assertThat(watch).isNotNull();
      await().until(() -> heard.contains("also " + GrantEnd.REVOKED));
      await().until(() -> grants.size() == 0);
      open("later", Optional.empty(), GrantId.key("later"));
      await().until(() -> heard.contains("later " + GrantEnd.REVOKED));
      var _ =
          grants.open(
              new TopicGrant(
                  "default",
                  "throws",
                  Optional.of(START),
                  Set.of(),
                  TopicCapabilities.PUBLIC,
                  PublishLimits.NONE),
              end -> {
                throw new IllegalStateException("does not want to hear");
              });
      await().until(() -> grants.size() == 0);
      open("latest", Optional.of(START), GrantId.key("latest"));
      await().until(() -> grants.size() == 0);
    }
  }

  /**
   * The worst case: revoked as soon as it was looked up, shown at the last moment in which what it
   * opened is remembered, and looked at a whole period later.
   */
  @Test
  void aConnectionThatARememberedKeyOpensEndsWithinTwoSecondsOfItsRevocation() {
    RecentGrants recent = new RecentGrants(clock);
    Set<String> good = new HashSet<>(Set.of("one"));
    TopicGrant grant =
        new TopicGrant(
            "default",
            "one",
            Optional.empty(),
            Set.of(GrantId.key("one")),
            TopicCapabilities.PUBLIC,
            PublishLimits.NONE);
    assertThat(recent.of("mk_one", () -> looked(good, grant)).result()).isInstanceOf(Granted.class);
    good.clear();

    Instant opened = START;
    while (recent.of("mk_one", () -> looked(good, grant)).result() instanceof Granted) {
      opened = clock.instant();
      clock.advance(Duration.ofMillis(1));
    }
    assertThat(opened).isAfter(START);
    var _ = grants.open(grant, end -> heard.add("one " + end));

    Timers timers = new Timers();
    try (GrantWatch watch =
        new GrantWatch(
            timers.vertx(),
            grants,
            Map.of(GrantId.Kind.KEY, ids -> Future.succeededFuture(Set.copyOf(good))),
            clock,
            GrantWatch.PERIOD)) {
      assertThat(watch).isNotNull();
      timers.fire();
    }
    assertThat(heard).containsExactly("one " + GrantEnd.REVOKED);
    assertThat(Duration.between(START, opened).plus(timers.period))
        .as("what is left is for the answers")
        .isLessThanOrEqualTo(Duration.ofMillis(1500));
  }

  private static Future<TopicDecision> looked(Set<String> good, TopicGrant grant) {
    return Future.succeededFuture(
        good.contains("one")
            ? new Granted(grant)
            : new AccessDecision.Refused(AccessDecision.Reason.WRONG_CREDENTIAL, "no such key"));
  }

  /** Vert.x's periodic timer, which ends when a test says so. */
  private static final class Timers {
    private Duration period = Duration.ZERO;
    private final List<Handler<Long>> handlers = new CopyOnWriteArrayList<>();

    private Vertx vertx() {
      return (Vertx)
          Proxy.newProxyInstance(
              Vertx.class.getClassLoader(),
              new Class<?>[] {Vertx.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "setPeriodic" -> set((Long) arguments[0], arguments[1]);
                    case "cancelTimer" -> handlers.removeIf(one -> true);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }

    @SuppressWarnings("unchecked")
    private long set(long millis, Object handler) {
      period = Duration.ofMillis(millis);
      handlers.add((Handler<Long>) handler);
      return 1L;
    }

    private void fire() {
      handlers.forEach(one -> one.handle(1L));
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

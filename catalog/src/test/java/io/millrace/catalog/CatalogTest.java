package io.millrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.access.AccessDecision;
import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.AccessRequest;
import io.millrace.access.Action;
import io.millrace.access.Playback;
import io.millrace.access.PublishKey;
import io.millrace.access.Refusals;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicDecision.Granted;
import io.millrace.catalog.records.Apps;
import io.millrace.catalog.records.Key;
import io.millrace.catalog.records.PackagingChange;
import io.millrace.catalog.records.PublishKeys;
import io.millrace.catalog.records.Streams;
import io.millrace.catalog.records.Tenant;
import io.millrace.catalog.records.Tenants;
import io.millrace.testkit.FakeClock;
import io.millrace.testkit.LogLines;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

@Timeout(60)
class CatalogTest {
  private static final Map<String, String> PLAIN = Map.of();

  @TempDir Path directory;

  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));

  @Test
  void makesATenantAnAppAnAdministratorAndAKeyAtTheFirstStartOnly() throws Exception {
    String key;
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      FirstStart made = server.catalog().firstStart().orElseThrow();
      assertThat(made.administrator()).isEqualTo("admin");
      assertThat(made.password().orElseThrow().reveal()).hasSize(20);
      assertThat(made.toString()).doesNotContain(made.password().orElseThrow().reveal());
      key = made.publishKey().orElseThrow().reveal();
      assertThat(key).matches("mk_[a-z2-7]{32}");
      assertThat(tenant(decide(server, publish("live", "any", key)))).isEqualTo("default");
    }
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      assertThat(server.catalog().firstStart()).isEmpty();
      assertThat(tenant(decide(server, publish("live", "any", key)))).isEqualTo("default");
    }
    Map<String, String> chosen =
        Map.of("access.publishKey", "chosen-key", "access.adminPassword", "chosen-password");
    try (CatalogForTest server = CatalogForTest.open(directory, chosen, clock)) {
      assertThat(decide(server, publish("live", "a", "chosen-key"))).isInstanceOf(Allowed.class);
      assertThat(decide(server, publish("live", "a", key))).isInstanceOf(Allowed.class);
    }
    // What the configuration no longer says no longer opens anything.
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      assertThat(reason(decide(server, publish("live", "a", "chosen-key"))))
          .isEqualTo(Reason.WRONG_CREDENTIAL);
    }
  }

  @Test
  void aKeyThatTheConfigurationChoseBeforeIsGoneWhenItChoosesOneThatIsThereAlready()
      throws Exception {
    Map<String, String> first = Map.of("access.publishKey", "chosen-first");
    try (CatalogForTest server = CatalogForTest.open(directory, first, clock)) {
      get(
          server
              .catalog()
              .call(
                  c ->
                      new PublishKeys(c)
                          .create(
                              "live",
                              Optional.empty(),
                              "",
                              PublishKey.hash("chosen-second"),
                              Optional.empty())));
    }
    Map<String, String> second = Map.of("access.publishKey", "chosen-second");
    try (CatalogForTest server = CatalogForTest.open(directory, second, clock)) {
      assertThat(decide(server, publish("live", "a", "chosen-second"))).isInstanceOf(Allowed.class);
      assertThat(reason(decide(server, publish("live", "a", "chosen-first"))))
          .isEqualTo(Reason.WRONG_CREDENTIAL);
    }
  }

  @Test
  void theFirstKeyAndTheConfiguredOneOpenPublicAndNoOtherKeyDoes() throws Exception {
    String first;
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      first = server.catalog().firstStart().orElseThrow().publishKey().orElseThrow().reveal();
    }
    Map<String, String> chosen = Map.of("access.publishKey", "chosen-key");
    try (CatalogForTest server = CatalogForTest.open(directory, chosen, clock)) {
      var _ = key(server, "another-key", Optional.empty());
      CatalogTopicKeys keys = topicKeys(server);

      for (String key : List.of(first, "chosen-key")) {
        TopicDecision decision = get(keys.open(key));
        assertThat(decision).isInstanceOf(Granted.class);
        assertThat(((Granted) decision).grant().topics()).isEqualTo(TopicCapabilities.PUBLIC);
      }
      assertThat(get(keys.open("another-key"))).isInstanceOf(Refused.class);
    }
  }

  @Test
  void keysOfTopicsStayGoodForAWhileWhenTheDatabaseIsAway() throws Exception {
    CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock);
    String key = server.catalog().firstStart().orElseThrow().publishKey().orElseThrow().reveal();
    CatalogTopicKeys keys = topicKeys(server);
    assertThat(get(keys.open(key))).isInstanceOf(Granted.class);
    server.close();

    assertThat(get(keys.open(key))).isInstanceOf(Granted.class);
    assertThat(get(keys.open("mk_unknown"))).isEqualTo(Refusals.undecided());
  }

  /** Known and unknown keys one after the other, and one that nobody asks the database about. */
  @Test
  void anOutageIsSaidOnceHoweverManyAreAnsweredFromMemory() throws Exception {
    CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock);
    String key = server.catalog().firstStart().orElseThrow().publishKey().orElseThrow().reveal();
    CatalogTopicKeys keys = topicKeys(server);
    CatalogAccessRules rules = rules(server);
    assertThat(get(keys.open(key))).isInstanceOf(Granted.class);
    assertThat(get(rules.decide(publish("live", "a", key)))).isInstanceOf(Allowed.class);
    server.close();

    try (LogLines lines = new LogLines(Catalog.class)) {
      for (int i = 0; i < 5; i++) {
        assertThat(get(keys.open("mk_unknown"))).isEqualTo(Refusals.undecided());
        assertThat(get(keys.open(key))).isInstanceOf(Granted.class);
        assertThat(get(keys.open("x".repeat(1000)))).isEqualTo(Refusals.wrongTopicKey());
        assertThat(get(rules.decide(publish("live", "a", key)))).isInstanceOf(Allowed.class);
        assertThat(reason(get(rules.decide(publish("live", "a", "mk_unknown")))))
            .isEqualTo(Reason.UNDECIDED);
      }
      assertThat(lines.messages())
          .singleElement()
          .asString()
          .startsWith("the database does not answer");
    }
  }

  private CatalogTopicKeys topicKeys(CatalogForTest server) {
    return new CatalogTopicKeys(new KnownKeys(server.catalog(), clock), server.metrics(), clock);
  }

  @Test
  void decidesByKeyStreamExpiryAndPlayback() throws Exception {
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      get(
          server
              .catalog()
              .call(
                  c -> {
                    new Tenants(c).create("acme", "Acme", PackagingChange.NONE);
                    new Apps(c).create("shows", "acme", "", Playback.TOKEN, PackagingChange.NONE);
                    new PublishKeys(c)
                        .create(
                            "shows",
                            Optional.of("one"),
                            "",
                            PublishKey.hash("only-for-one"),
                            Optional.of(clock.instant().plusSeconds(60)));
                    return true;
                  }));

      assertThat(tenant(decide(server, publish("shows", "one", "only-for-one")))).isEqualTo("acme");
      assertThat(reason(decide(server, publish("shows", "two", "only-for-one"))))
          .isEqualTo(Reason.WRONG_CREDENTIAL);
      assertThat(reason(decide(server, publish("live", "one", "only-for-one"))))
          .isEqualTo(Reason.WRONG_CREDENTIAL);
      assertThat(reason(decide(server, publish("none", "one", "only-for-one"))))
          .isEqualTo(Reason.NO_SUCH_APP);
      assertThat(reason(decide(server, request(Action.PUBLISH, "live", "a", Optional.empty()))))
          .isEqualTo(Reason.NO_CREDENTIAL);
      assertThat(decide(server, request(Action.PLAY, "live", "a", Optional.empty())))
          .isEqualTo(new Allowed("default"));
      assertThat(reason(decide(server, request(Action.PLAY, "shows", "one", Optional.empty()))))
          .isEqualTo(Reason.NO_CREDENTIAL);

      clock.advance(Duration.ofSeconds(60));
      assertThat(reason(decide(server, publish("shows", "one", "only-for-one"))))
          .isEqualTo(Reason.EXPIRED);
    }
  }

  @Test
  void keepsKnownKeysGoodForAWhileWhenTheDatabaseIsAway() throws Exception {
    CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock);
    String key = server.catalog().firstStart().orElseThrow().publishKey().orElseThrow().reveal();
    CatalogAccessRules rules = rules(server);
    assertThat(get(rules.decide(publish("live", "a", key)))).isInstanceOf(Allowed.class);
    server.close();

    assertThat(get(rules.decide(publish("live", "a", key)))).isInstanceOf(Allowed.class);
    assertThat(reason(get(rules.decide(publish("live", "a", "mk_unknown")))))
        .isEqualTo(Reason.UNDECIDED);
    clock.advance(Duration.ofMinutes(6));
    assertThat(reason(get(rules.decide(publish("live", "a", key))))).isEqualTo(Reason.UNDECIDED);
  }

  @Test
  void recoversByItselfAfterTheDatabaseWasKilled() throws Exception {
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock);
        LogLines lines = new LogLines(Catalog.class)) {
      get(
          server
              .catalog()
              .call(c -> new Streams(c).create("live", "kept", "Kept", PackagingChange.NONE)));

      ProcessHandle.of(server.catalog().databasePid()).orElseThrow().destroyForcibly();

      await()
          .atMost(Duration.ofSeconds(40))
          .ignoreExceptions()
          .until(
              () ->
                  get(server.catalog().call(c -> new Streams(c).find("live", "kept"))).isPresent());
      assertThat(lines.levels().getFirst()).isEqualTo(Level.WARN);
      await().until(() -> lines.messages().getLast().equals("the database answers again"));
    }
  }

  @Test
  void completesOnTheCallersContext() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      CompletableFuture<Boolean> same = new CompletableFuture<>();
      var context = vertx.getOrCreateContext();
      context.runOnContext(
          v ->
              server
                  .catalog()
                  .call(c -> new Apps(c).find("live"))
                  .onComplete(done -> same.complete(context.equals(Vertx.currentContext()))));
      assertThat(same.get(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void rollsBackWorkThatFails() throws Exception {
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      Future<Key> failing =
          server
              .catalog()
              .call(
                  c -> {
                    new Tenants(c).create("half", "", PackagingChange.NONE);
                    throw new IllegalStateException("changed its mind");
                  });

      assertThatThrownBy(() -> get(failing)).hasMessageContaining("changed its mind");
      Future<Key> worse =
          server
              .catalog()
              .call(
                  c -> {
                    new Tenants(c).create("half", "", PackagingChange.NONE);
                    throw new NoClassDefFoundError("Missing");
                  });
      assertThatThrownBy(() -> get(worse)).hasRootCauseMessage("Missing");
      Optional<Tenant> half = get(server.catalog().call(c -> new Tenants(c).find("half")));
      assertThat(half).isEmpty();
    }
  }

  private AccessDecision decide(CatalogForTest server, AccessRequest request) throws Exception {
    return get(rules(server).decide(request));
  }

  private CatalogAccessRules rules(CatalogForTest server) {
    return new CatalogAccessRules(
        new KnownApps(server.catalog(), clock),
        new KnownKeys(server.catalog(), clock),
        Optional.empty(),
        server.metrics(),
        clock);
  }

  @Test
  void saysWhichKeysOpenNothingAnyMore() throws Exception {
    try (CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock)) {
      CatalogAccessRules rules = rules(server);
      KnownKeys keys = new KnownKeys(server.catalog(), clock);
      Key revoked = key(server, "to-be-revoked", Optional.empty());
      Key ending = key(server, "to-expire", Optional.of(clock.instant().plusSeconds(60)));
      Key kept = key(server, "to-stay", Optional.empty());
      Allowed allowed = (Allowed) get(rules.decide(publish("live", "a", "to-stay")));
      assertThat(allowed.key()).contains(kept.id());
      Set<String> all = Set.of(revoked.id(), ending.id(), kept.id(), "key_never");
      assertThat(get(keys.good(all)))
          .containsExactlyInAnyOrder(revoked.id(), ending.id(), kept.id());

      get(server.catalog().call(c -> new PublishKeys(c).delete("live", revoked.id())));
      clock.advance(Duration.ofSeconds(60));

      assertThat(get(keys.good(all))).containsExactly(kept.id());
    }
  }

  private Key key(CatalogForTest server, String secret, Optional<Instant> expiresAt)
      throws Exception {
    return get(server
            .catalog()
            .call(
                c ->
                    new PublishKeys(c)
                        .create("live", Optional.empty(), "", PublishKey.hash(secret), expiresAt)))
        .orElseThrow();
  }

  /** SIGSTOP: the database's sockets are open, and nobody answers. */
  @Test
  void aDatabaseThatHangsKeepsNobodyWaitingWhoIsKnown() throws Exception {
    CatalogForTest server = CatalogForTest.open(directory, PLAIN, clock);
    KnownApps apps = new KnownApps(server.catalog(), clock);
    assertThat(get(apps.isPublic("live"))).isTrue();
    try (HungDatabase hung = HungDatabase.of(server.catalog())) {
      clock.advance(Duration.ofSeconds(3));
      assertThat(apps.isPublic("live").isComplete()).isTrue();
      assertThat(get(apps.isPublic("live"))).isTrue();
      // Longer ago: one question is waited for, not for long, and the others not at all.
      clock.advance(Duration.ofMinutes(1));
      long before = System.nanoTime();
      assertThat(get(apps.isPublic("live"))).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
      assertThat(apps.isPublic("live").result()).isTrue();
      assertThatThrownBy(() -> get(apps.find("stranger"))).hasMessageContaining("does not answer");
      assertThat(hung.processes()).isNotEmpty();
    } finally {
      server.close();
    }
  }

  private static AccessRequest publish(String app, String stream, String key) {
    return request(Action.PUBLISH, app, stream, Optional.of(key));
  }

  private static AccessRequest request(
      Action action, String app, String stream, Optional<String> credential) {
    return new AccessRequest(action, app, stream, credential, "rtmp", "127.0.0.1", Map.of());
  }

  private static String tenant(AccessDecision decision) {
    assertThat(decision).isInstanceOf(Allowed.class);
    return ((Allowed) decision).tenant();
  }

  private static Reason reason(AccessDecision decision) {
    assertThat(decision).isInstanceOf(Refused.class);
    return ((Refused) decision).reason();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
  }
}

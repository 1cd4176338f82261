package io.millrace.broker.mqtt;

import io.millrace.access.AccessDecision;
import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.millrace.access.PublishLimits;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.broker.Broker;
import io.millrace.broker.DoorConfig;
import io.millrace.broker.MqttConfig;
import io.millrace.broker.door.DoorMetrics;
import io.millrace.broker.door.Doors;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.ScannedFollowedIndex;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.topic.MountPoint;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The MQTT door on a real socket and two event loops, over a log in memory. Namespaces: {@code
 * plant} is kept, {@code wire} is not. Passwords: {@code all} opens both, {@code slow} too, for one
 * message a second, {@code reader} only {@code plant/hall/#} and for subscribing, {@code
 * certificate} is the name of a client certificate; without a password this machine has all of
 * {@code plant}.
 */
public final class MqttFixture implements AutoCloseable {
  /** What tests change of it. */
  public static final MqttConfig CONFIG =
      new MqttConfig(
          "127.0.0.1",
          0,
          0,
          Optional.empty(),
          Optional.empty(),
          false,
          MountPoint.NONE,
          Duration.ofSeconds(10),
          1000,
          100_000,
          20,
          20,
          16,
          Duration.ofSeconds(60),
          Duration.ofDays(1),
          1000,
          2,
          true,
          List.of("test/nosubscribe"));

  private static final int OUTBOX = 256 * 1024;

  public final Vertx vertx = Vertx.vertx();
  public final OpenGrants grants = new OpenGrants();
  public final PrometheusRegistry registry = new PrometheusRegistry();
  public final MemoryTopicLog log;
  public final Broker broker;
  public final Doors doors;
  public final MqttServer server;

  public MqttFixture() {
    this(CONFIG);
  }

  public MqttFixture(MqttConfig config) {
    this(config, new MemoryTopicLog(), new MemorySessionStore());
  }

  MqttFixture(MqttConfig config, MemoryTopicLog log, SessionStore store) {
    this(config, log, store, "node");
  }

  MqttFixture(MqttConfig config, MemoryTopicLog log, SessionStore store, String node) {
    this.log = log;
    broker =
        join(
            Broker.open(
                log,
                new ScannedFollowedIndex(log),
                new HubMetrics(registry),
                InstantSource.system(),
                256 * 1024,
                List.of(
                    namespace("plant", Durability.LOGGED), namespace("wire", Durability.MEMORY))));
    // Else what has an id would be refused for a moment.
    log.awaitTails();
    doors =
        new Doors(
            broker.hub(),
            broker,
            credential -> Future.succeededFuture(decide(credential)),
            grants,
            new PublishRates(100),
            new DoorConfig(
                OUTBOX,
                50,
                20,
                64 * 1024,
                Duration.ZERO,
                Duration.ofSeconds(25),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10)),
            new DoorMetrics(registry),
            InstantSource.system());
    server =
        join(MqttServer.start(vertx, 2, config, doors, new MqttMetrics(registry), store, node));
  }

  private static Namespace namespace(String name, Durability durability) {
    return new Namespace(name, 1, 3, durability, Duration.ofDays(1), Namespace.UNBOUNDED, 90_000);
  }

  /** The configuration of tests with a namespace before every topic. */
  public static MqttConfig mounted() {
    return with(CONFIG, new MountPoint.At("plant"));
  }

  static MqttConfig with(MqttConfig config, MountPoint mount) {
    return with(config, mount, config.maxSessions());
  }

  static MqttConfig with(MqttConfig config, MountPoint mount, int maxSessions) {
    return new MqttConfig(
        config.host(),
        config.port(),
        config.tlsPort(),
        config.certificate(),
        config.clientAuthority(),
        config.requireClientCertificate(),
        mount,
        config.connectTimeout(),
        config.maxConnections(),
        config.packetBytes(),
        config.receiveMaximum(),
        config.inFlight(),
        config.topicAliases(),
        config.keepAlive(),
        config.sessionExpiry(),
        maxSessions,
        config.maxQos(),
        config.retain(),
        config.refusedFilters());
  }

  private TopicDecision decide(TopicCredential credential) {
    List<String> both = List.of("plant/#", "wire/#", "nowhere/#");
    String secret = credential.secret().orElse("");
    if (secret.equals("all")) {
      return granted(secret, TopicCapabilities.of(both, both, Optional.empty()));
    }
    if (secret.equals("slow")) {
      return granted(
          secret,
          TopicCapabilities.of(both, both, Optional.empty()),
          new PublishLimits(1, PublishLimits.UNLIMITED));
    }
    if (secret.equals("reader")) {
      return granted(
          secret, TopicCapabilities.of(List.of(), List.of("plant/hall/#"), Optional.of(List.of())));
    }
    if (secret.isEmpty()
        && credential.certificate().isPresent()
        && credential.certificateEndsAt().isPresent()) {
      return granted(
          credential.certificate().get(),
          TopicCapabilities.of(List.of("plant/#"), List.of("plant/#"), Optional.empty()));
    }
    return secret.isEmpty() && credential.isLocal()
        ? granted("anonymous", TopicCapabilities.everythingIn("plant"))
        : new AccessDecision.Refused(
            AccessDecision.Reason.WRONG_CREDENTIAL, "the key is not valid");
  }

  private static TopicDecision granted(String id, TopicCapabilities topics) {
    return granted(id, topics, PublishLimits.NONE);
  }

  private static TopicDecision granted(String id, TopicCapabilities topics, PublishLimits limits) {
    return new TopicDecision.Granted(
        new TopicGrant("default", id, Optional.empty(), Set.of(GrantId.key(id)), topics, limits));
  }

  public static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  /** What a gauge says now; of all its labels together. */
  double gauge(String name) {
    return registry.scrape(name::equals).stream()
        .flatMap(snapshot -> snapshot.getDataPoints().stream())
        .mapToDouble(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .sum();
  }

  static MqttFixture changed(UnaryOperator<MqttConfig> change) {
    return new MqttFixture(change.apply(CONFIG));
  }

  /** Leaves the log as it is. */
  void stop() {
    join(server.stop());
    broker.close();
    join(vertx.close());
  }

  @Override
  public void close() {
    stop();
    log.close();
  }
}

package io.millrace.broker.door;

import static org.awaitility.Awaitility.await;

import io.millrace.access.AccessDecision;
import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.millrace.access.PublishLimits;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.broker.DoorConfig;
import io.millrace.broker.hub.Hub;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.index.ScannedIndex;
import io.millrace.broker.last.Retained;
import io.millrace.broker.last.RetainedTopics;
import io.millrace.broker.log.Appended;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.Tail;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.publish.CaughtUp;
import io.millrace.broker.publish.Publisher;
import io.millrace.broker.rest.TopicsDoor;
import io.millrace.broker.ws.ClientModule;
import io.millrace.broker.ws.WebSocketDoor;
import io.millrace.http.HttpListener;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The front doors on real sockets and two event loops, over a log in memory. Namespaces: {@code
 * plant} is kept, {@code wire} is not; {@code tight} is not either, and takes one message a second
 * and two filters with wildcards. Credentials: {@code all} may do everything in all, {@code reader}
 * only subscribe to {@code plant/hall/#}, {@code slow} publish once a second, {@code heavy} {@link
 * #BYTES_A_SECOND}, {@code stranger} everything in all, but of the tenant {@code acme}.
 */
public final class DoorsFixture implements AutoCloseable {
  public static final int PARTITIONS = 3;
  public static final int BYTES_A_SECOND = 60_000;
  public static final Instant EXPIRY = Instant.ofEpochMilli(9_000_000_000_000L);

  /** That of the log in memory, about. */
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_000_000));

  private static final int OUTBOX = 16 * 1024;

  public final Vertx vertx = Vertx.vertx();
  public final MemoryTopicLog log = new MemoryTopicLog();
  public final OpenGrants grants = new OpenGrants();
  public final PrometheusRegistry registry = new PrometheusRegistry();
  public final HttpClient client = vertx.createHttpClient();
  public final HttpListener listener;
  public final Doors doors;
  private final Hub hub =
      new Hub(
          log, new ScannedIndex(log), new HubMetrics(registry), InstantSource.system(), 32 * 1024);
  private final Map<String, Namespaces.Served> served;
  private final Appender appender;
  private final OpenNamespace kept;

  public DoorsFixture() {
    this(config(Duration.ZERO, Duration.ofSeconds(25)));
  }

  /** The doors' bounds in tests. */
  public static DoorConfig config(Duration coalesce, Duration pingInterval) {
    return new DoorConfig(
        OUTBOX,
        10,
        4,
        64 * 1024,
        coalesce,
        pingInterval,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10));
  }

  public DoorsFixture(DoorConfig config) {
    this(config, List.of());
  }

  /** With more mounts on the listener. */
  public DoorsFixture(List<Mount> more) {
    this(config(Duration.ZERO, Duration.ofSeconds(25)), more);
  }

  private DoorsFixture(DoorConfig config, List<Mount> more) {
    Namespace plant =
        new Namespace(
            "plant",
            1,
            PARTITIONS,
            Durability.LOGGED,
            Duration.ofDays(1),
            Namespace.UNBOUNDED,
            100_000);
    Namespace wire =
        new Namespace(
            "wire", 1, 1, Durability.MEMORY, Duration.ofDays(1), Namespace.UNBOUNDED, 100_000);
    Namespace tight =
        new Namespace(
            "tight",
            1,
            1,
            Durability.MEMORY,
            Duration.ofDays(1),
            Namespace.UNBOUNDED,
            100_000,
            2,
            new PublishLimits(1, PublishLimits.UNLIMITED));
    appender = log.appender(plant);
    kept = hub.open(plant, appender::partitionOf, new long[PARTITIONS]);
    OpenNamespace unkept = hub.open(wire, path -> 0, new long[1]);
    OpenNamespace limited = hub.open(tight, path -> 0, new long[1]);
    Tail tail = log.tail(hub);
    for (int i = 0; i < PARTITIONS; i++) {
      tail.follow(kept.ref(i), 0);
    }
    served =
        Map.of(
            "plant",
            new Namespaces.Served(
                kept,
                new Publisher(kept, Optional.of(appender), new CaughtUp(), retained(), CLOCK)),
            "wire",
            new Namespaces.Served(
                unkept, new Publisher(unkept, Optional.empty(), new CaughtUp(), retained(), CLOCK)),
            "tight",
            new Namespaces.Served(
                limited,
                new Publisher(limited, Optional.empty(), new CaughtUp(), retained(), CLOCK)));
    doors =
        new Doors(
            hub,
            name -> Optional.ofNullable(served.get(name)),
            credential -> Future.succeededFuture(decide(credential.secret().orElse(""))),
            grants,
            new PublishRates(100),
            config,
            new DoorMetrics(registry),
            InstantSource.system());
    List<Mount> mounts =
        new ArrayList<>(new TopicsDoor(doors, TrustedProxies.NONE, 200_000).mounts());
    mounts.add(new WebSocketDoor(doors, TrustedProxies.NONE).mount());
    mounts.add(new ClientModule().mount());
    mounts.addAll(more);
    listener = LoopbackHttp.open(vertx, mounts, registry);
  }

  private static TopicDecision decide(String secret) {
    List<String> both = List.of("plant/#", "wire/#", "tight/#", "nowhere/#");
    return switch (secret) {
      case "all" -> granted(TopicCapabilities.of(both, both, Optional.empty()), PublishLimits.NONE);
      case "reader" ->
          granted(
              TopicCapabilities.of(List.of(), List.of("plant/hall/#"), Optional.of(List.of())),
              PublishLimits.NONE);
      case "expiring" ->
          granted(
              "default",
              TopicCapabilities.of(both, both, Optional.empty()),
              PublishLimits.NONE,
              Optional.of(EXPIRY));
      case "slow" ->
          granted(
              TopicCapabilities.of(both, both, Optional.empty()),
              new PublishLimits(1, PublishLimits.UNLIMITED));
      case "heavy" ->
          granted(
              TopicCapabilities.of(both, both, Optional.empty()),
              new PublishLimits(PublishLimits.UNLIMITED, BYTES_A_SECOND));
      case "stranger" ->
          granted(
              "acme",
              TopicCapabilities.of(both, both, Optional.empty()),
              PublishLimits.NONE,
              Optional.empty());
      default ->
          new AccessDecision.Refused(
              AccessDecision.Reason.WRONG_CREDENTIAL, "the key is not valid");
    };
  }

  private static TopicDecision granted(TopicCapabilities topics, PublishLimits limits) {
    return granted("default", topics, limits, Optional.empty());
  }

  private static TopicDecision granted(
      String tenant, TopicCapabilities topics, PublishLimits limits, Optional<Instant> expiry) {
    return new TopicDecision.Granted(
        new TopicGrant(tenant, "key:test", expiry, Set.of(GrantId.key("test")), topics, limits));
  }

  private static Retained retained() {
    return new Retained("test", RetainedTopics.Bounds.DEFAULT, Optional.empty(), CLOCK);
  }

  /** What a credential may do. */
  static TopicGrant grant(String secret) {
    return ((TopicDecision.Granted) decide(secret)).grant();
  }

  /** Puts a message into the log, behind the doors; acknowledged as a publisher's is. */
  public void publish(String path, String text) {
    appender.append(
        Publication.of(path, text.getBytes(StandardCharsets.UTF_8)),
        Appended.then(kept::acknowledged));
  }

  /** What a client says, and what it has heard. */
  public Talk talk(String query) {
    return new Talk(vertx, listener.port(), query);
  }

  public static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  @Override
  public void close() {
    join(listener.close(Duration.ZERO));
    log.close();
    join(vertx.close());
    await().until(() -> grants.size() == 0);
  }
}

package io.millrace.broker;

import io.millrace.access.OpenGrants;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicRules;
import io.millrace.broker.door.DoorMetrics;
import io.millrace.broker.door.Doors;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.kafka.EmbeddedKafka;
import io.millrace.broker.kafka.KafkaConnection;
import io.millrace.broker.kafka.KafkaLog;
import io.millrace.broker.kafka.KafkaLogMetrics;
import io.millrace.broker.kafka.KafkaProgram;
import io.millrace.broker.kafka.KafkaState;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.rest.TopicsDoor;
import io.millrace.broker.ws.WebSocketDoor;
import io.millrace.children.DataDirectory;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A node's broker as a whole: the log, embedded or a cluster's, the topics on it, and the doors to
 * them. Started and closed by one thread, which blocks.
 */
public final class BrokerServer implements AutoCloseable {
  /** There from the first start: what the first publish key opens. */
  private static final List<Namespace> BUILT_IN = List.of(Namespace.builtIn("public"));

  /**
   * Whom the doors let in.
   *
   * @param rules say what a client may do
   * @param grants that are in use on the doors' connections
   * @param rates of publishing
   */
  public record Access(TopicRules rules, OpenGrants grants, PublishRates rates) {}

  /**
   * Where it runs.
   *
   * @param distribution where the embedded Kafka's jars are
   * @param proxies whose word about a client's address is believed
   * @param bodyBytes the longest body of a request
   */
  public record Surroundings(
      Vertx vertx,
      DataDirectory data,
      Path distribution,
      TrustedProxies proxies,
      long bodyBytes,
      InstantSource clock,
      PrometheusRegistry registry) {}

  private final Surroundings surroundings;
  private final List<Mount> mounts = new ArrayList<>();
  private @Nullable EmbeddedKafka kafka;
  private @Nullable KafkaLog log;
  private @Nullable LogIndex index;
  private @Nullable Broker broker;

  /** The log's clients know the address of before. */
  private volatile boolean hasMoved;

  private BrokerServer(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Starts the log and opens its namespaces; blocks until topics can be published to.
   *
   * @throws IOException when the log cannot be had; what had started is stopped again
   */
  public static BrokerServer start(BrokerConfig config, Access access, Surroundings surroundings)
      throws IOException {
    BrokerServer server = new BrokerServer(surroundings);
    try {
      server.open(config, access);
      return server;
    } catch (IOException | RuntimeException e) {
      try {
        server.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private void open(BrokerConfig config, Access access) throws IOException {
    PrometheusRegistry registry = surroundings.registry;
    KafkaLog opened =
        await(
            KafkaLog.open(
                surroundings.vertx,
                connection(config),
                config.kafka(),
                new KafkaLogMetrics(registry)));
    log = opened;
    LogIndex known =
        new LogIndex(
            surroundings.data.path().resolve("broker").resolve("index"),
            config.index(),
            opened,
            new IndexMetrics(registry),
            new SplittableRandom(new SecureRandom().nextLong()));
    index = known;
    Broker running =
        await(
            Broker.open(
                opened,
                known,
                new HubMetrics(registry),
                surroundings.clock,
                config.ringBytes(),
                BUILT_IN));
    broker = running;
    Doors doors =
        new Doors(
            running.hub(),
            running,
            access.rules,
            access.grants,
            access.rates,
            config.doors(),
            new DoorMetrics(registry),
            surroundings.clock);
    mounts.addAll(new TopicsDoor(doors, surroundings.proxies, surroundings.bodyBytes).mounts());
    mounts.add(new WebSocketDoor(doors, surroundings.proxies).mount());
  }

  private KafkaConnection connection(BrokerConfig config) throws IOException {
    if (!config.kafka().isEmbedded()) {
      return KafkaConnection.to(config.kafka());
    }
    EmbeddedKafka started =
        EmbeddedKafka.start(
            surroundings.data, KafkaProgram.of(surroundings.distribution), surroundings.clock);
    started.onAddressChange(address -> hasMoved = true);
    kafka = started;
    return KafkaConnection.to(started.address());
  }

  private static <T> T await(Future<T> step) throws IOException {
    try {
      return step.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cause.getMessage(), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The doors over HTTP. */
  public List<Mount> mounts() {
    return List.copyOf(mounts);
  }

  /** What keeps it from its work, for people; empty when nothing does. Any thread. */
  public Optional<String> trouble() {
    EmbeddedKafka embedded = kafka;
    if (embedded != null && !(embedded.state() instanceof KafkaState.Ready)) {
      return Optional.of("the embedded Kafka is " + embedded.state().detail());
    }
    if (hasMoved) {
      return Optional.of(
          "another program has taken the embedded Kafka's port; restart this server");
    }
    Broker running = broker;
    return running == null || !running.isCaughtUp()
        ? Optional.of("reading what is in the log")
        : Optional.empty();
  }

  /** Stops in the order in which the parts need each other; blocks for some seconds at most. */
  @Override
  public void close() throws IOException {
    if (broker != null) {
      broker.close();
    }
    if (index != null) {
      index.close();
    }
    try {
      if (log != null) {
        await(log.close());
      }
    } finally {
      if (kafka != null) {
        kafka.close();
      }
    }
  }
}

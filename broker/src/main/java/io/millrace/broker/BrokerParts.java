package io.millrace.broker;

import io.millrace.broker.BrokerServer.Access;
import io.millrace.broker.BrokerServer.Surroundings;
import io.millrace.broker.door.Doors;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.kafka.KafkaConnection;
import io.millrace.broker.kafka.KafkaLog;
import io.millrace.broker.kafka.KafkaOperator;
import io.millrace.broker.log.Table;
import io.millrace.broker.mqtt.MqttServer;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.rest.NamespacesDoor;
import io.millrace.broker.rest.TopicsDoor;
import io.millrace.broker.ws.WebSocketDoor;
import io.millrace.http.Mount;
import io.vertx.core.Future;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What stands on a log that can be reached: the topics on it, and the doors to them. Started and
 * closed by one thread, which blocks; what has not started yet, or did not, is passed over. What is
 * asked meanwhile is asked on any thread.
 */
final class BrokerParts implements AutoCloseable {
  /** There from the first start: what the first publish key opens, and the platform's events. */
  private static final List<Namespace> BUILT_IN =
      List.of(Namespace.builtIn("public"), Namespace.ofThePlatform());

  private static final int SESSION_PARTITIONS = 4;
  private static final Duration READING = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(10);

  /** Asked between two steps. */
  interface GoOn {
    /** Throws when nobody waits any more for what is being started. */
    void check() throws IOException;

    /** Blocks for so long; throws as soon as nobody waits any more. */
    void pause(Duration pause) throws IOException;
  }

  private final BrokerConfig config;
  private final Surroundings surroundings;
  private final BrokerMetrics metrics;
  private final GoOn goOn;
  private volatile @Nullable KafkaLog log;
  private volatile @Nullable LogIndex index;
  private volatile @Nullable Broker broker;
  private volatile @Nullable NamespaceChanges changes;
  private volatile @Nullable MqttServer mqtt;

  BrokerParts(BrokerConfig config, Surroundings surroundings, BrokerMetrics metrics, GoOn goOn) {
    this.config = config;
    this.surroundings = surroundings;
    this.metrics = metrics;
    this.goOn = goOn;
  }

  /**
   * Opens the log and its namespaces.
   *
   * @param operator of the brokers behind the log
   */
  void start(KafkaConnection connection, KafkaOperator operator) throws IOException {
    Future<KafkaLog> opening =
        KafkaLog.open(surroundings.vertx(), connection, config.kafka(), metrics.log(), operator);
    KafkaLog opened;
    try {
      opened = await(opening);
    } catch (IOException e) {
      // Whoever closes does not wait for a cluster that does not answer.
      opening.onSuccess(KafkaLog::close);
      throw e;
    }
    log = opened;
    goOn.check();
    LogIndex known =
        new LogIndex(
            surroundings.data().path().resolve("broker").resolve("index"),
            config.index(),
            opened,
            metrics.index(),
            new SplittableRandom(new SecureRandom().nextLong()));
    index = known;
    Broker running =
        await(
            Broker.open(
                opened,
                known,
                metrics.hub(),
                surroundings.clock(),
                config.ringBytes(),
                config.companions(),
                BUILT_IN));
    broker = running;
    goOn.check();
    NamespaceChanges administered = new NamespaceChanges(running);
    changes = administered;
    await(config.namespaces().apply(running, administered));
    goOn.check();
  }

  /**
   * Waits until what was in the log is read, some seconds at most: before that a message that is
   * published again under its id has to be refused, and who comes back after a restart publishes
   * again what had no answer.
   */
  void awaitRead() throws IOException {
    Broker running = running();
    long deadline = System.nanoTime() + READING.toNanos();
    while (!running.isCaughtUp() && System.nanoTime() - deadline < 0) {
      goOn.pause(LOOK);
    }
  }

  /**
   * Opens the ports of MQTT.
   *
   * @return the other doors
   */
  List<Mount> open(Access access) throws IOException {
    Broker running = running();
    Doors doors =
        new Doors(
            running.hub(),
            running,
            access.rules(),
            access.grants(),
            access.rates(),
            config.doors(),
            metrics.doors(),
            surroundings.clock());
    Table sessions = await(Objects.requireNonNull(log).table("mqtt-sessions", SESSION_PARTITIONS));
    goOn.check();
    MqttServer listening =
        await(
            MqttServer.start(
                surroundings.vertx(),
                surroundings.eventLoops(),
                config.mqtt(),
                doors,
                metrics.mqtt(),
                sessions,
                NodeId.of(surroundings.data().path().resolve("broker").resolve("node"))));
    mqtt = listening;
    goOn.check();
    List<Mount> real =
        new ArrayList<>(
            new TopicsDoor(doors, surroundings.proxies(), surroundings.bodyBytes()).mounts());
    real.add(new WebSocketDoor(doors, surroundings.proxies()).mount());
    real.add(
        new NamespacesDoor(
                running,
                Objects.requireNonNull(changes),
                doors.metrics().traffic(),
                access.administrators())
            .mount());
    real.add(listening.mount(surroundings.proxies()));
    return real;
  }

  /**
   * The topics.
   *
   * @throws IllegalStateException before the start
   */
  Broker running() {
    Broker running = broker;
    if (running == null) {
      throw new IllegalStateException("the broker has not started");
    }
    return running;
  }

  boolean hasLog() {
    return log != null;
  }

  /** The TCP port of MQTT; 0 while there is none. */
  int mqttPort() {
    MqttServer listening = mqtt;
    return listening == null ? 0 : listening.port();
  }

  /** The TCP port of MQTT within TLS. */
  OptionalInt mqttTlsPort() {
    MqttServer listening = mqtt;
    return listening == null ? OptionalInt.empty() : listening.tlsPort();
  }

  /** What keeps them from their work, for people. */
  Optional<String> trouble() {
    KafkaLog opened = log;
    if (opened != null && opened.trouble().isPresent()) {
      return opened.trouble();
    }
    Broker running = broker;
    if (running == null || !running.isCaughtUp()) {
      return Optional.of("reading what is in the log");
    }
    return mqtt == null ? Optional.of("opening the doors") : Optional.empty();
  }

  static <T> T await(Future<T> step) throws IOException {
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

  /**
   * Stops in the order in which the parts need each other, each whatever becomes of the others;
   * blocks for some seconds at most.
   */
  @Override
  public void close() throws IOException {
    Closing closing = new Closing();
    MqttServer listening = mqtt;
    if (listening != null) {
      closing.step(() -> await(listening.stop()));
    }
    Broker running = broker;
    if (running != null) {
      closing.step(running::close);
    }
    LogIndex known = index;
    if (known != null) {
      closing.step(known::close);
    }
    KafkaLog opened = log;
    if (opened != null) {
      closing.step(() -> await(opened.close()));
    }
    closing.end();
  }
}

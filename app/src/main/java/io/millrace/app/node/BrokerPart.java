package io.millrace.app.node;

import io.millrace.app.ops.Health;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerConfig;
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
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role broker: the log, embedded or a cluster's, the topics on it, and the doors to them. What
 * a start that failed had opened is closed by {@link #close} as after any other.
 */
final class BrokerPart implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(BrokerPart.class);

  /** There from the first start: what the first publish key opens. */
  private static final List<Namespace> BUILT_IN = List.of(Namespace.builtIn("public"));

  private final Vertx vertx;
  private final NodeSettings settings;
  private final DataDirectory data;
  private final Clock clock;
  private final PrometheusRegistry registry;
  private final Health health;
  private final Waiting waiting;
  private @Nullable EmbeddedKafka kafka;
  private @Nullable KafkaLog log;
  private @Nullable LogIndex index;
  private @Nullable Broker broker;

  BrokerPart(
      Vertx vertx,
      NodeSettings settings,
      DataDirectory data,
      Clock clock,
      PrometheusRegistry registry,
      Health health) {
    this.vertx = vertx;
    this.settings = settings;
    this.data = data;
    this.clock = clock;
    this.registry = registry;
    this.health = health;
    this.waiting = new Waiting(settings.stopTimeout());
  }

  /** Blocks until topics can be published to; the mounts are the doors. */
  List<Mount> start(TopicAccessPart access) {
    BrokerConfig config = settings.broker();
    KafkaLog opened =
        Waiting.forStart(
            "broker.kafka",
            KafkaLog.open(vertx, connection(), config.kafka(), new KafkaLogMetrics(registry)));
    log = opened;
    LogIndex its =
        new LogIndex(
            data.path().resolve("broker").resolve("index"),
            config.index(),
            opened,
            new IndexMetrics(registry),
            new SplittableRandom(new SecureRandom().nextLong()));
    index = its;
    Broker running =
        Waiting.forStart(
            "broker",
            Broker.open(
                opened, its, new HubMetrics(registry), clock, config.ringBytes(), BUILT_IN));
    broker = running;
    health.part("broker", () -> health(running));
    Doors doors =
        new Doors(
            running.hub(),
            running,
            access.rules(),
            access.grants(),
            access.rates(),
            config.doors(),
            new DoorMetrics(registry),
            clock);
    TrustedProxies proxies = settings.http().trustedProxies();
    List<Mount> mounts =
        new ArrayList<>(
            new TopicsDoor(doors, proxies, settings.http().limits().bodyBytes()).mounts());
    mounts.add(new WebSocketDoor(doors, proxies).mount());
    return mounts;
  }

  private KafkaConnection connection() {
    try {
      if (!settings.broker().kafka().isEmbedded()) {
        return KafkaConnection.to(settings.broker().kafka());
      }
      Path distribution = Path.of(System.getProperty("millrace.home", "."));
      EmbeddedKafka started = EmbeddedKafka.start(data, KafkaProgram.of(distribution), clock);
      kafka = started;
      return KafkaConnection.to(started.address());
    } catch (IOException e) {
      throw Waiting.failed("broker.kafka", e);
    }
  }

  private Health.Part health(Broker running) {
    EmbeddedKafka embedded = kafka;
    if (embedded != null && !(embedded.state() instanceof KafkaState.Ready)) {
      return Health.Part.notReady("the embedded Kafka is " + embedded.state().detail());
    }
    return running.isCaughtUp()
        ? Health.Part.READY
        : Health.Part.notReady("reading what is in the log");
  }

  @Override
  public void close() {
    if (broker != null) {
      broker.close();
    }
    if (index != null) {
      index.close();
    }
    if (log != null) {
      waiting.forStop("log", log.close());
    }
    if (kafka != null) {
      try {
        kafka.close();
      } catch (IOException e) {
        LOGGER.atWarn().addKeyValue("reason", e.getMessage()).log("Kafka did not close cleanly");
      }
    }
  }
}

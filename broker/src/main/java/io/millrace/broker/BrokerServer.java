package io.millrace.broker;

import io.millrace.access.OpenGrants;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicRules;
import io.millrace.broker.kafka.EmbeddedKafka;
import io.millrace.broker.kafka.KafkaConnection;
import io.millrace.broker.kafka.KafkaOperator;
import io.millrace.broker.kafka.KafkaProgram;
import io.millrace.broker.kafka.KafkaState;
import io.millrace.broker.mqtt.MqttServer;
import io.millrace.broker.rest.NamespacesDoor;
import io.millrace.broker.rest.TopicsDoor;
import io.millrace.broker.ws.ClientModule;
import io.millrace.broker.ws.WebSocketDoor;
import io.millrace.children.BackOff;
import io.millrace.children.DataDirectory;
import io.millrace.http.LateMount;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's broker as a whole: the log, embedded or a cluster's, the topics on it, and the doors to
 * them. Begun, opened and closed by one thread, which blocks in the latter two.
 *
 * <pre>
 *   begin ──(on a thread of its own: Kafka, the log, the index, the namespaces)──> prepared
 *     prepared ──open──> the doors ──> running
 *     a cluster of others that cannot be used ──> all that has begun is closed, a pause, again
 * </pre>
 *
 * What takes long needs nobody, so that other parts of the node can start at the same time; the
 * doors need to know whom to let in. An embedded Kafka that does not start is this program's own
 * failure, and ends the start; a cluster that others run may come later, and the broker with it.
 */
public final class BrokerServer implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(BrokerServer.class);

  /** How long a start waits for a cluster that others run to answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration PREPARATION_GRACE = Duration.ofSeconds(2);

  /**
   * Whom the doors let in.
   *
   * @param rules say what a client may do
   * @param grants that are in use on the doors' connections
   * @param rates of publishing
   * @param administrators who may change namespaces
   */
  public record Access(
      TopicRules rules, OpenGrants grants, PublishRates rates, Administrators administrators) {}

  /**
   * Where it runs.
   *
   * @param eventLoops how many share the connections of a port
   * @param distribution where the embedded Kafka's jars are
   * @param proxies whose word about a client's address is believed
   * @param bodyBytes the longest body of a request
   */
  public record Surroundings(
      Vertx vertx,
      int eventLoops,
      DataDirectory data,
      Path distribution,
      TrustedProxies proxies,
      long bodyBytes,
      InstantSource clock,
      PrometheusRegistry registry) {}

  private final BrokerConfig config;
  private final Surroundings surroundings;
  private final BrokerMetrics metrics;
  private final List<LateMount> places;
  private final CompletableFuture<Access> access = new CompletableFuture<>();

  /** The first attempt has failed, and others follow. */
  private final CompletableFuture<Void> postponed = new CompletableFuture<>();

  private final CompletableFuture<Void> opened = new CompletableFuture<>();

  private final Abandonment abandonment = new Abandonment();

  private final Thread starting;
  private volatile @Nullable EmbeddedKafka kafka;
  private volatile @Nullable BrokerParts parts;

  /** Why the last attempt has failed; null while none has, or one has succeeded. */
  private volatile @Nullable String missing;

  private BrokerServer(BrokerConfig config, Surroundings surroundings) {
    this.config = config;
    this.surroundings = surroundings;
    this.metrics = BrokerMetrics.in(surroundings.registry);
    this.places = new ArrayList<>(TopicsDoor.places());
    places.add(WebSocketDoor.place(config.doors()));
    places.add(NamespacesDoor.place());
    places.add(MqttServer.place(config.mqtt()));
    starting = Thread.ofVirtual().name("broker-start").unstarted(this::start);
  }

  /** Begins to start the log and to open its namespaces; {@link #open} says how that went. */
  public static BrokerServer begin(BrokerConfig config, Surroundings surroundings) {
    BrokerServer server = new BrokerServer(config, surroundings);
    server.starting.start();
    return server;
  }

  private void start() {
    try {
      KafkaConnection connection = connection();
      BackOff pauses = new BackOff();
      while (!isRunning(connection)) {
        abandonment.pause(pauses.afterRun(Duration.ZERO));
      }
      opened.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      // Who began this may have gone on without it, and does not hear of it.
      if (!config.kafka().isEmbedded() && !abandonment.isDeclared()) {
        LOGGER.atError().setCause(e).log("topics are not served, and that is not tried again");
      }
      opened.completeExceptionally(e);
    }
  }

  private KafkaConnection connection() throws IOException {
    if (!config.kafka().isEmbedded()) {
      return KafkaConnection.to(config.kafka());
    }
    EmbeddedKafka started =
        EmbeddedKafka.of(
            surroundings.data,
            KafkaProgram.of(surroundings.distribution),
            config.kafkaListener(),
            surroundings.clock);
    kafka = started;
    abandonment.check();
    started.launch();
    return KafkaConnection.to(started.address());
  }

  /**
   * One attempt to start everything.
   *
   * @return false where the cluster, or what else is needed, could not be used, and may be later
   * @throws IOException when there is no use in another attempt
   */
  private boolean isRunning(KafkaConnection connection) throws IOException {
    BrokerParts attempt = new BrokerParts(config, surroundings, metrics, abandonment);
    parts = attempt;
    try {
      EmbeddedKafka embedded = kafka;
      attempt.start(connection, embedded == null ? KafkaOperator.OTHERS : embedded);
      Access letIn = whomToLetIn();
      attempt.awaitRead();
      List<Mount> doors = attempt.open(letIn);
      new NamespaceMetrics(surroundings.registry, attempt.running());
      doors.forEach(this::open);
      if (missing != null) {
        missing = null;
        LOGGER.atInfo().addKeyValue("kafka", connection).log("topics are served");
      }
      return true;
    } catch (IOException | RuntimeException e) {
      if (config.kafka().isEmbedded() || abandonment.isDeclared()) {
        throw e;
      }
      parts = null;
      close(attempt);
      postpone(e);
      return false;
    }
  }

  private static void close(BrokerParts attempt) {
    try {
      attempt.close();
    } catch (IOException | RuntimeException e) {
      LOGGER.atWarn().setCause(e).log("what had begun did not close cleanly");
    }
  }

  /** The same words are said once. */
  private void postpone(Exception e) {
    boolean isExpected = e instanceof IOException;
    String words = isExpected ? String.valueOf(e.getMessage()) : e.toString();
    if (!words.equals(missing)) {
      missing = words;
      LOGGER
          .atWarn()
          .addKeyValue("reason", words)
          .setCause(isExpected ? null : e)
          .log("topics are not served yet; it is tried again");
    }
    postponed.complete(null);
  }

  private Access whomToLetIn() throws IOException {
    CompletableFuture.anyOf(access, abandonment.whenDeclared())
        .exceptionally(abandoned -> null)
        .join();
    abandonment.check();
    return access.join();
  }

  /**
   * The process is to end: {@link #open} fails where it still waits for the log, and what has begun
   * goes no further than its next step. To be closed after it. Any thread; does not wait.
   */
  public void abandon() {
    abandonment.declare();
  }

  /**
   * Opens the doors; blocks until topics can be published to, or {@link #abandon} is called. For
   * the answer of a cluster that others run it waits some seconds only: then the doors open when it
   * can be used, and {@link #trouble} says why it cannot.
   *
   * @return whether they are open
   * @throws IOException when the log cannot be had or a port cannot be opened; to be closed then
   */
  public boolean open(Access letIn) throws IOException {
    access.complete(letIn);
    try {
      CompletableFuture<?> first =
          CompletableFuture.anyOf(opened, postponed, abandonment.whenDeclared());
      if (!config.kafka().isEmbedded() && !isThere(first)) {
        LOGGER
            .atWarn()
            .addKeyValue("reason", trouble().orElse(""))
            .log("topics are not served yet; the node goes on without them");
        return false;
      }
      first.get();
      abandonment.check();
      return opened.isDone();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cause.getMessage(), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Whether a cluster answers, or it is clear what came of it. */
  private boolean isThere(CompletableFuture<?> outcome)
      throws ExecutionException, InterruptedException {
    try {
      outcome.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      BrokerParts now = parts;
      return now != null && now.hasLog();
    }
  }

  /** Completes when the doors are open; fails when they never will be. */
  public Future<Void> opened() {
    return Future.fromCompletionStage(opened);
  }

  private void open(Mount real) {
    places.stream()
        .filter(place -> place.mount().prefix().equals(real.prefix()))
        .findFirst()
        .orElseThrow()
        .open(real);
  }

  private Optional<String> outage() {
    EmbeddedKafka embedded = kafka;
    return embedded == null ? Optional.empty() : embedded.outage();
  }

  /** The doors over HTTP; what comes before {@link #open} waits there. */
  public List<Mount> mounts() {
    return Stream.concat(
            places.stream().map(LateMount::mount), Stream.of(new ClientModule().mount()))
        .toList();
  }

  /** The TCP port of MQTT. */
  public int mqttPort() {
    BrokerParts now = parts;
    return now == null ? 0 : now.mqttPort();
  }

  /** The TCP port of MQTT within TLS; empty without a certificate. */
  public OptionalInt mqttTlsPort() {
    BrokerParts now = parts;
    return now == null ? OptionalInt.empty() : now.mqttTlsPort();
  }

  /**
   * The way into the platform's own namespace.
   *
   * @throws IllegalStateException before the start
   */
  public OwnTopics own() {
    BrokerParts now = parts;
    if (now == null) {
      throw new IllegalStateException("the broker has not started");
    }
    return new OwnTopics(now.running());
  }

  /**
   * Reads topics for this process itself.
   *
   * @param context of an event loop
   * @throws IllegalStateException before the start
   */
  public TopicReader reader(Context context) {
    BrokerParts now = parts;
    if (now == null) {
      throw new IllegalStateException("the broker has not started");
    }
    return new TopicReader(now.running(), context);
  }

  /** What keeps it from its work, for people; empty when nothing does. Any thread. */
  public Optional<String> trouble() {
    EmbeddedKafka embedded = kafka;
    if (embedded != null && !(embedded.state() instanceof KafkaState.Ready)) {
      return Optional.of("the embedded Kafka is " + embedded.state().detail());
    }
    if (outage().isPresent()) {
      return outage();
    }
    if (opened.isCompletedExceptionally()) {
      return Optional.of(String.valueOf(opened.exceptionNow().getMessage()));
    }
    String words = missing;
    if (words != null) {
      return Optional.of(words + "; it is tried again");
    }
    BrokerParts now = parts;
    if (now == null || !now.hasLog()) {
      return Optional.of(
          config.kafka().isEmbedded()
              ? "starting"
              : "connecting to " + String.join(", ", config.kafka().bootstrapServers()));
    }
    return now.trouble();
  }

  /** Stops in the order in which the parts need each other; blocks for some seconds at most. */
  @Override
  public void close() throws IOException {
    abandon();
    EmbeddedKafka embedded = kafka;
    try {
      endStart();
      BrokerParts now = parts;
      if (now != null) {
        now.close();
      }
    } finally {
      if (embedded != null) {
        embedded.close();
      }
    }
  }

  /**
   * A Kafka that starts is stopped; what comes behind it ends by itself, or fails, or is cut short
   * where it takes too long.
   */
  private void endStart() throws IOException {
    EmbeddedKafka embedded = kafka;
    if (embedded != null && embedded.state() instanceof KafkaState.Starting) {
      embedded.close();
    }
    try {
      if (!starting.join(PREPARATION_GRACE)) {
        starting.interrupt();
        starting.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

package io.millrace.broker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.millrace.access.GrantId;
import io.millrace.access.PublishLimits;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.broker.BrokerServer;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.door.LoopbackHttp;
import io.millrace.broker.door.Talk;
import io.millrace.broker.log.Appender;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.millrace.children.DataDirectory;
import io.millrace.http.HttpListener;
import io.millrace.testkit.program.TcpProxy;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients that wait before the doors while a node starts, and its log takes long to be read. */
@Timeout(120)
final class DoorsAfterReadingTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String PREFIX = "reading-";

  private static final Duration READING = Duration.ofSeconds(2);
  private static final int MESSAGES = 500;
  private static final int TOPICS = 8;

  @RegisterExtension private static final KafkaFixture KAFKA = new KafkaFixture();

  @TempDir private Path directory;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AtomicBoolean isHeldUp = new AtomicBoolean();

  /** Who reads the log asks for the time of what was read, and is held up once. */
  private Instant now() {
    if (Thread.currentThread().getName().equals("kafka-tail")
        && isHeldUp.compareAndSet(false, true)) {
      LockSupport.parkNanos(READING.toNanos());
    }
    return Instant.now();
  }

  @Test
  void whoComesInTheMomentTheyOpenIsRefusedNothing() throws Exception {
    List<Message> there = fill();
    try (TcpProxy cluster = new TcpProxy(KAFKA.port());
        DataDirectory data = DataDirectory.open(directory);
        BrokerServer server = begin(data, cluster);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var _ = threads.submit(() -> server.open(BrokerOnKafka.access(everything())));
      HttpListener listener = LoopbackHttp.open(KAFKA.vertx(), server.mounts(), registry);
      CompletableFuture<Talk> coming =
          CompletableFuture.supplyAsync(
              () -> new Talk(KAFKA.vertx(), listener.port(), "?token=any"), threads);
      CompletableFuture<List<Mqtt5PublishResult>> published = exactlyOnce(listener.port());
      await().atMost(LONG).until(() -> connections() == 2);

      cluster.letIn();
      Talk talk = coming.join();
      for (int i = 0; i < MESSAGES; i++) {
        talk.say(
            new JsonObject()
                .put("type", "publish")
                .put("id", Integer.toString(i))
                .put("topic", "public/t" + i % TOPICS)
                .put("text", "again")
                .put("messageId", "id-" + i));
      }

      await().atMost(LONG).until(() -> answers(talk).size() == MESSAGES);
      assertThat(answers(talk)).allSatisfy(it -> assertThat(it.containsKey("code")).isFalse());
      assertThat(answers(talk))
          .extracting(it -> it.getLong("time"))
          .as("they are in the log already")
          .isEqualTo(there.stream().map(Message::timestamp).toList());
      assertThat(published.join()).hasSize(MESSAGES).allMatch(it -> it.getError().isEmpty());
      talk.say("{'type':'history','id':'h','filter':'public/t0','start':{'since':0},'limit':1000}");
      assertThat(talk.hear("history").getJsonArray("messages"))
          .map(it -> ((JsonObject) it).getString("text"))
          .filteredOn(text -> text.startsWith("once-"))
          .isEqualTo(IntStream.range(0, MESSAGES).mapToObj(i -> "once-" + i).toList());
      assertThat(isHeldUp).isTrue();
      talk.close();
      DoorsFixture.join(listener.close(Duration.ZERO));
    }
  }

  /** With ids, which only the log knows after a start. */
  private static List<Message> fill() throws Exception {
    KafkaLog log = KAFKA.open(PREFIX, 64 << 20);
    Namespace namespace = Namespace.builtIn("public");
    KafkaFixture.get(log.put(namespace));
    Appender appender = log.appender(namespace);
    List<CompletableFuture<Message>> appended = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      appended.add(
          KafkaFixture.append(
              appender,
              new Publication(
                  "t" + i % TOPICS,
                  Optional.of("id-" + i),
                  false,
                  Message.NEVER,
                  Headers.NONE,
                  Integer.toString(i).getBytes(UTF_8))));
    }
    List<Message> there = appended.stream().map(CompletableFuture::join).toList();
    KafkaFixture.get(log.close());
    return there;
  }

  /** It does not get through to the cluster until it is let in; then the doors open. */
  private BrokerServer begin(DataDirectory data, TcpProxy cluster) {
    cluster.shutOut();
    Map<String, Object> kafka =
        BrokerOnKafka.settings(
            KAFKA, cluster.port(), PREFIX, KAFKA.kafka().address().password().reveal());
    Map<String, Object> mqtt = Map.of("host", "127.0.0.1", "port", 0);
    return BrokerOnKafka.begin(
        KAFKA.vertx(), data, Map.of("kafka", kafka, "mqtt", mqtt), this::now, registry);
  }

  private static TopicDecision everything() {
    List<String> all = List.of("public/#");
    return new TopicDecision.Granted(
        new TopicGrant(
            "default",
            "key:test",
            Optional.empty(),
            Set.of(GrantId.key("test")),
            TopicCapabilities.of(all, all, Optional.empty()),
            PublishLimits.NONE));
  }

  /** Comes over WebSocket, and publishes with QoS 2 as soon as it is let in. */
  private static CompletableFuture<List<Mqtt5PublishResult>> exactlyOnce(int port) {
    Mqtt5AsyncClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier("once")
            .serverHost("127.0.0.1")
            .serverPort(port)
            .webSocketConfig()
            .serverPath("mqtt")
            .applyWebSocketConfig()
            .transportConfig()
            .mqttConnectTimeout(LONG.toMillis(), TimeUnit.MILLISECONDS)
            .applyTransportConfig()
            .buildAsync();
    return client
        .connectWith()
        .simpleAuth()
        .username("a")
        .password("any".getBytes(UTF_8))
        .applySimpleAuth()
        .send()
        .thenCompose(
            connected -> {
              List<CompletableFuture<Mqtt5PublishResult>> all =
                  IntStream.range(0, MESSAGES).mapToObj(i -> publish(client, i)).toList();
              return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                  .thenApply(done -> all.stream().map(CompletableFuture::join).toList());
            });
  }

  private static CompletableFuture<Mqtt5PublishResult> publish(
      Mqtt5AsyncClient client, int number) {
    return client
        .publishWith()
        .topic("public/t0")
        .qos(MqttQos.EXACTLY_ONCE)
        .payload(("once-" + number).getBytes(UTF_8))
        .send();
  }

  /** In the order in which they came. */
  private static List<JsonObject> answers(Talk talk) {
    return talk.heard.stream().filter(it -> it.containsKey("id")).toList();
  }

  private double connections() {
    return registry.scrape("millrace_http_open_connections"::equals).stream()
        .flatMap(it -> ((GaugeSnapshot) it).getDataPoints().stream())
        .mapToDouble(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
        .sum();
  }
}

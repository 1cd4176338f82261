package io.millrace.broker.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.millrace.access.PublishLimits;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicGrant;
import io.millrace.broker.Administrators;
import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerServer;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.door.LoopbackHttp;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.children.DataDirectory;
import io.millrace.client.Interest;
import io.millrace.client.MillraceClient;
import io.millrace.client.Start;
import io.millrace.config.Configuration;
import io.millrace.http.HttpListener;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.http.TrustedProxies;
import io.millrace.testkit.program.TcpProxy;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster of three brokers that others run, over TLS with SCRAM. In an order, since what is
 * killed stays so.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KafkaClusterTest {
  private static final Duration LONG = Duration.ofSeconds(40);

  @TempDir private static Path directory;
  private final Vertx vertx = Vertx.vertx();
  private KafkaCluster cluster;
  private Admin admin;

  @BeforeAll
  void start() throws Exception {
    cluster = KafkaCluster.start(directory.resolve("cluster"));
    admin = cluster.admin();
  }

  @AfterAll
  void stop() throws Exception {
    admin.close(Duration.ZERO);
    cluster.close();
    KafkaFixture.get(vertx.close());
  }

  private KafkaLog open(KafkaConfig config, Map<String, String> more) throws Exception {
    KafkaConnection connection = KafkaConnection.to(config);
    Map<String, String> security = new HashMap<>(connection.security());
    security.putAll(more);
    return KafkaFixture.get(
        KafkaLog.open(
            vertx,
            new KafkaConnection(connection.bootstrapServers(), security),
            config,
            new KafkaLogMetrics(new PrometheusRegistry())));
  }

  @Test
  @Order(1)
  void whoIsNotLetInHearsWhyAtOnce() throws Exception {
    KafkaConfig right = cluster.config();
    Path authority = right.tls().orElseThrow().authority().orElseThrow();
    Path stranger =
        SelfSignedCertificate.keptIn(directory.resolve("stranger"), Instant.now()).certificate();

    assertRefused(cluster.config("wrong", authority), "does not accept broker.kafka.sasl");
    assertRefused(
        cluster.config("correct-horse", stranger), "no TLS with the Kafka cluster 127.0.0.1:");
  }

  private void assertRefused(KafkaConfig config, String words) {
    assertThatThrownBy(() -> open(config, Map.of()))
        .hasMessageContaining(words)
        .cause()
        .isInstanceOf(LogException.class)
        .extracting(e -> ((LogException) e).reason())
        .isEqualTo(Reason.REFUSED);
  }

  @Test
  @Order(2)
  void aTopicThatSomebodyHasDeletedIsNotMadeByAskingForIt() throws Exception {
    Namespace lost = small("lost");
    KafkaLog before = open(cluster.config(), Map.of());
    KafkaFixture.get(before.put(lost));
    KafkaFixture.get(before.close());
    admin.deleteTopics(List.of("lost")).all().get();
    awaitGone("lost");

    KafkaLog after = open(cluster.config(), Map.of());
    assertThat(KafkaFixture.get(after.namespaces())).doesNotContain(lost);
    assertThat(KafkaFixture.get(after.known())).contains(lost);
    assertThat(topics()).doesNotContain("lost");
    KafkaFixture.get(after.delete("lost"));
    assertThat(KafkaFixture.get(after.known())).doesNotContain(lost);
    KafkaFixture.get(after.close());
  }

  @Test
  @Order(3)
  void aDeletedNamespaceStaysDeletedAndTheOthersKeepTheirOrderMeanwhile() throws Exception {
    // By default producers ask again every five minutes.
    KafkaLog log = open(cluster.config(), Map.of("metadata.max.age.ms", "100"));
    Namespace brief = small("brief");
    Namespace steady = small("steady");
    KafkaFixture.get(log.put(brief));
    KafkaFixture.get(log.put(steady));
    Appender appender = log.appender(steady);
    KafkaFixture.append(log.appender(brief), Publication.of("a", new byte[1])).get();

    Future<Void> deleted = log.delete("brief");
    List<CompletableFuture<?>> sent = new ArrayList<>();
    while (!deleted.isComplete() || sent.size() < 1000) {
      byte[] number = Integer.toString(sent.size()).getBytes(UTF_8);
      sent.add(KafkaFixture.append(appender, Publication.of("a", number)));
      if (sent.size() % 200 == 0) {
        sent.getLast().get(30, TimeUnit.SECONDS);
      }
    }
    CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    KafkaFixture.get(deleted);

    RecordingListener listener = new RecordingListener();
    try (var tail = log.tail(listener)) {
      tail.follow(new PartitionRef("steady", 1, appender.partitionOf("a")), 0);
      await().atMost(LONG).until(() -> listener.messages.size() >= sent.size());
    }
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < sent.size(); i++) {
      numbers.add(Integer.toString(i));
    }
    assertThat(listener.payloads()).isEqualTo(numbers);
    awaitGone("brief");
    await()
        .during(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(topics()).doesNotContain("brief", "brief.last"));
    KafkaFixture.get(log.put(brief));
    KafkaFixture.append(log.appender(brief), Publication.of("a", new byte[1])).get();
    KafkaFixture.get(log.close());
  }

  private static Namespace small(String name) {
    return new Namespace(
        name, 1, 1, Durability.LOGGED, Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
  }

  private Set<String> topics() throws Exception {
    return admin.listTopics().names().get();
  }

  /** Each broker hears of it by itself. */
  private void awaitGone(String topic) {
    await().atMost(LONG).until(() -> !topics().contains(topic));
  }

  @Test
  @Order(4)
  void nothingAcknowledgedIsLostOrDoubledWhenTheLeaderIsKilledAndPublishingGoesOn()
      throws Exception {
    try (DataDirectory data = DataDirectory.open(directory.resolve("data"));
        BrokerServer server = BrokerServer.begin(config(), surroundings(data))) {
      server.open(access());
      HttpListener listener = LoopbackHttp.open(vertx, server.mounts(), new PrometheusRegistry());
      try (TcpProxy cables = new TcpProxy(listener.port());
          MillraceClient consumer = client(cables.port());
          MillraceClient producer = client(listener.port());
          KeptMqttSession session = new KeptMqttSession(server.mqttPort(), "safe/#")) {
        NumberedMessages safe = new NumberedMessages("safe");
        NumberedMessages orders = new NumberedMessages("orders");
        consumer.subscribe(Interest.in("safe/#"), safe);
        consumer.subscribe(Interest.in("orders/#"), orders);
        safe.awaitCaughtUp();
        orders.awaitCaughtUp();
        try (var publishing = NumberedMessages.publish(producer, List.of(safe, orders))) {
          safe.awaitAcknowledged(300, LONG);
          cables.cut();
          session.leave();
          safe.awaitAcknowledged(600, LONG);
          cluster.kill(leader("safe"));
          cables.cut();
          int atTheKill = safe.acknowledged();
          safe.awaitAcknowledged(atTheKill + 300, LONG);
          session.comeBack();
          safe.awaitAcknowledged(atTheKill + 600, LONG);
          orders.awaitAcknowledged(atTheKill + 600, LONG);
          cables.cut();
          publishing.stop();
        }
        safe.assertThatNothingIsLostOrDoubled(LONG);
        orders.assertThatNothingIsLostOrDoubled(LONG);
        session.assertThatItHas(safe.numbers(), LONG);

        NumberedMessages again = new NumberedMessages("safe");
        String position = safe.received().get(100).position().orElseThrow();
        try (MillraceClient another = client(listener.port())) {
          another.subscribe(Interest.in("safe/#").withStart(Start.after(position)), again);
          again.assertThatItIs(safe.numbers().subList(101, safe.numbers().size()), LONG);
        }
      }
      assertThat(server.trouble()).isEmpty();
      for (int node = 0; node < KafkaCluster.NODES; node++) {
        cluster.kill(node);
      }
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(server.trouble())
                      .hasValueSatisfying(words -> assertThat(words).contains("does not answer")));
      DoorsFixture.join(listener.close(Duration.ZERO));
    }
  }

  private int leader(String topic) throws Exception {
    return admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .get()
        .get(topic)
        .partitions()
        .getFirst()
        .leader()
        .id();
  }

  private MillraceClient client(int port) {
    return MillraceClient.to("ws://127.0.0.1:" + port + "/ws")
        .token("any")
        .maxInFlight(100)
        .reconnect(Duration.ofMillis(20), Duration.ofMillis(100))
        .open();
  }

  private BrokerConfig config() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "broker",
                Map.of(
                    "kafka",
                    cluster.section(),
                    "mqtt",
                    Map.of("host", "127.0.0.1", "port", 0),
                    "namespaces",
                    Map.of(
                        "safe",
                        Map.of("durability", "replicated", "partitions", 2),
                        "orders",
                        Map.of("durability", "logged", "partitions", 2)))),
            Map.of(),
            Map.of());
    BrokerConfig config = BrokerConfig.read(configuration.root());
    assertThat(configuration.problems()).isEmpty();
    return config;
  }

  private static BrokerServer.Access access() {
    List<String> all = List.of("safe/#", "orders/#");
    TopicGrant grant =
        new TopicGrant(
            "default",
            "key:test",
            Optional.empty(),
            Set.of(GrantId.key("test")),
            TopicCapabilities.of(all, all, Optional.empty()),
            PublishLimits.NONE);
    return new BrokerServer.Access(
        credential -> Future.succeededFuture(new TopicDecision.Granted(grant)),
        new OpenGrants(),
        new PublishRates(100),
        request -> Future.succeededFuture(new Administrators.Allowed("test")));
  }

  private BrokerServer.Surroundings surroundings(DataDirectory data) {
    return new BrokerServer.Surroundings(
        vertx,
        2,
        data,
        directory,
        TrustedProxies.NONE,
        200_000,
        Clock.systemUTC(),
        new PrometheusRegistry());
  }
}

package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.Refusals;
import io.millrace.broker.BrokerServer;
import io.millrace.children.DataDirectory;
import io.millrace.http.CertificateFiles;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.testkit.program.TcpProxy;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that others run and that cannot be used while a node starts. */
@Timeout(120)
final class ClusterAwayTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension private static final KafkaFixture KAFKA = new KafkaFixture();

  @TempDir private Path directory;

  @Test
  void topicsAreServedAsSoonAsTheClusterIsThereAndUntilThenItIsSaidWhyNot() throws Exception {
    try (TcpProxy cluster = proxy();
        DataDirectory data = DataDirectory.open(directory)) {
      cluster.shutOut();
      String password = KAFKA.kafka().address().password().reveal();
      try (BrokerServer server = begin(data, cluster, password)) {
        assertThat(server.open(access())).isFalse();
        assertThat(server.trouble())
            .hasValueSatisfying(words -> assertThat(words).contains("127.0.0.1:" + cluster.port()));
        assertThat(server.mqttPort()).isZero();
        assertThat(server.opened().isComplete()).isFalse();

        cluster.letIn();
        await().atMost(LONG).until(() -> server.opened().isComplete());
        assertThat(server.opened().succeeded()).isTrue();
        await().atMost(LONG).untilAsserted(() -> assertThat(server.trouble()).isEmpty());
        assertThat(server.mqttPort()).isPositive();
        assertThat(server.own()).isNotNull();
      }
    }
  }

  @Test
  void whoIsNotLetInIsToldWhyAndTriesAgainAndCanBeStopped() throws Exception {
    try (TcpProxy cluster = proxy();
        DataDirectory data = DataDirectory.open(directory)) {
      try (BrokerServer server = begin(data, cluster, "wrong")) {
        assertThat(server.open(access())).isFalse();
        await()
            .atMost(LONG)
            .untilAsserted(
                () ->
                    assertThat(server.trouble())
                        .hasValueSatisfying(
                            words ->
                                assertThat(words)
                                    .contains("does not accept broker.kafka.sasl")
                                    .contains("tried again")));
        int tried = cluster.made();
        await().atMost(LONG).until(() -> cluster.made() > tried + 2);
        assertThat(server.opened().isComplete()).isFalse();
      }
    }
  }

  /** The log, the index and the door are made once more by then, with the same meters. */
  @Test
  void whatFailsBehindTheLogIsTriedAgainUntilItSucceeds() throws Exception {
    CertificateFiles good = SelfSignedCertificate.keptIn(directory.resolve("made"), Instant.now());
    Path certificate = directory.resolve("later.pem");
    Path key = directory.resolve("later.key");
    Map<String, Object> mqtt =
        Map.of(
            "host",
            "127.0.0.1",
            "port",
            0,
            "tls",
            Map.of("port", 0, "certificate", certificate.toString(), "key", key.toString()));
    PrometheusRegistry registry = new PrometheusRegistry();
    try (TcpProxy cluster = proxy();
        DataDirectory data = DataDirectory.open(directory.resolve("data"));
        BrokerServer server =
            begin(data, cluster, KAFKA.kafka().address().password().reveal(), mqtt, registry)) {
      assertThat(server.open(access())).isFalse();
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(server.trouble())
                      .hasValueSatisfying(
                          words -> assertThat(words).contains("later.", "tried again")));

      Files.copy(good.key(), key);
      Files.copy(good.certificate(), certificate);
      await().atMost(LONG).until(() -> server.opened().isComplete());
      assertThat(server.opened().succeeded()).isTrue();
      await().atMost(LONG).untilAsserted(() -> assertThat(server.trouble()).isEmpty());
      assertThat(server.mqttTlsPort()).isPresent();
      assertThat(registry.scrape(name -> name.endsWith("_index_topics")).size()).isEqualTo(1);
    }
  }

  private static TcpProxy proxy() {
    return new TcpProxy(KAFKA.port());
  }

  private static BrokerServer begin(DataDirectory data, TcpProxy cluster, String password) {
    return begin(
        data, cluster, password, Map.of("host", "127.0.0.1", "port", 0), new PrometheusRegistry());
  }

  private static BrokerServer begin(
      DataDirectory data,
      TcpProxy cluster,
      String password,
      Map<String, Object> mqtt,
      PrometheusRegistry registry) {
    Map<String, Object> kafka = BrokerOnKafka.settings(KAFKA, cluster.port(), "away-", password);
    return BrokerOnKafka.begin(
        KAFKA.vertx(),
        data,
        Map.of("kafka", kafka, "mqtt", mqtt),
        InstantSource.system(),
        registry);
  }

  private static BrokerServer.Access access() {
    return BrokerOnKafka.access(Refusals.noTopicCredential());
  }
}

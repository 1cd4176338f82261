package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.broker.kafka.KafkaListener;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.last.RetainedTopics;
import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import io.millrace.http.CertificateFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BrokerConfigTest {
  @Test
  void hasDefaults() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());
    assertThat(BrokerConfig.read(configuration.root()).kafka())
        .isEqualTo(new KafkaConfig(List.of(), "", Optional.empty(), Optional.empty(), 64 << 20, 4));
    assertThat(configuration.problems()).isEmpty();
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        kafka(
            Map.of(
                "bootstrapServers",
                List.of("a:9092", "[::1]:9093"),
                "topicPrefix",
                "mr.",
                "tls",
                Map.of(
                    "enabled", true,
                    "authority", "/ca.pem",
                    "certificate", "/cert.pem",
                    "key", "/key.pem"),
                "sasl",
                Map.of("mechanism", "scram-sha-256", "user", "u", "password", "p"),
                "pendingBytes",
                "128MiB",
                "historyReaders",
                8));
    assertThat(BrokerConfig.read(configuration.root()).kafka())
        .isEqualTo(
            new KafkaConfig(
                List.of("a:9092", "[::1]:9093"),
                "mr.",
                Optional.of(
                    new KafkaConfig.Tls(
                        Optional.of(Path.of("/ca.pem")),
                        Optional.of(Path.of("/cert.pem")),
                        Optional.of(Path.of("/key.pem")))),
                Optional.of(
                    new KafkaConfig.Sasl(
                        KafkaConfig.Sasl.Mechanism.SCRAM_SHA_256, "u", new Secret("p"))),
                128 << 20,
                8));
    assertThat(configuration.problems()).isEmpty();
  }

  @Test
  void theListenerForKafkasOwnClientsIsOffAndHasEveryKey() {
    assertThat(BrokerConfig.read(kafka(Map.of()).root()).kafkaListener()).isEmpty();
    Configuration all =
        kafka(
            Map.of(
                "listener",
                Map.of(
                    "enabled", true,
                    "host", "10.0.0.1",
                    "port", 9093,
                    "advertised", "kafka.example.com",
                    "certificate", "/cert.pem",
                    "key", "/key.pem",
                    "user", "reports",
                    "password", "p-1")));
    CertificateFiles files = new CertificateFiles(Path.of("/cert.pem"), Path.of("/key.pem"));
    assertThat(BrokerConfig.read(all.root()).kafkaListener())
        .contains(
            new KafkaListener(
                "10.0.0.1",
                9093,
                "kafka.example.com",
                Optional.of(files),
                "reports",
                new Secret("p-1")));
    assertThat(all.problems()).isEmpty();
  }

  @Test
  void aListenerForKafkasOwnClientsIsWholeAndOfTheEmbeddedOne() {
    Configuration wrong =
        kafka(
            Map.of(
                "bootstrapServers",
                List.of("a:9092"),
                "listener",
                Map.of("enabled", true, "port", 0, "user", "a b")));
    BrokerConfig.read(wrong.root());
    assertThat(wrong.problems().stream().map(ConfigProblem::path))
        .containsExactlyInAnyOrder(
            "broker.kafka.listener.enabled",
            "broker.kafka.listener.port",
            "broker.kafka.listener.advertised",
            "broker.kafka.listener.user",
            "broker.kafka.listener.password");
  }

  @Test
  void boundsWhatIsKnownOfANamespaceBesidesItsLog() {
    Configuration none = new Configuration(Map.of(), Map.of(), Map.of());
    assertThat(BrokerConfig.read(none.root()).companions())
        .isEqualTo(new CompanionBounds(new RetainedTopics.Bounds(100_000, 64L << 20), 1L << 30));
    Configuration some =
        new Configuration(
            Map.of(
                "broker",
                Map.of(
                    "retained",
                    Map.of("maxTopics", 5, "memory", "1KiB"),
                    "lastValues",
                    Map.of("disk", "40MiB"))),
            Map.of(),
            Map.of());
    assertThat(BrokerConfig.read(some.root()).companions())
        .isEqualTo(new CompanionBounds(new RetainedTopics.Bounds(5, 1024), 40L << 20));
    assertThat(some.problems()).isEmpty();
  }

  @Test
  void boundsTheNewestMessagesOfAllPartitionsTogether() {
    assertThat(BrokerConfig.read(memory(Map.of()).root()).ringBytes()).isEqualTo(64L << 20);
    Configuration some = memory(Map.of("memory", "1MiB"));
    assertThat(BrokerConfig.read(some.root()).ringBytes()).isEqualTo(1L << 20);
    assertThat(some.problems()).isEmpty();
    Configuration little = memory(Map.of("memory", "1023KiB"));
    BrokerConfig.read(little.root());
    assertThat(little.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly("broker.memory: '1023KiB' is not a size from 1MiB to 1TiB");
  }

  @Test
  void whatIsKnownBesidesTheLogAndTheReadersHaveRanges() {
    Configuration little =
        memory(
            Map.of(
                "retained", Map.of("maxTopics", -1, "memory", "1023B"),
                "lastValues", Map.of("disk", "31MiB"),
                "kafka", Map.of("historyReaders", 0)));
    BrokerConfig.read(little.root());
    assertThat(little.problems())
        .extracting(ConfigProblem::toString)
        .containsExactlyInAnyOrder(
            "broker.retained.maxTopics: '-1' is not a whole number from 0 to 10000000",
            "broker.retained.memory: '1023B' is not a size from 1KiB to 1TiB",
            "broker.lastValues.disk: '31MiB' is not a size from 32MiB to 100TiB",
            "broker.kafka.historyReaders: '0' is not a whole number from 1 to 32");
  }

  private static Configuration memory(Map<String, Object> broker) {
    return new Configuration(Map.of("broker", broker), Map.of(), Map.of());
  }

  @Test
  void saysWhatDoesNotFitTogether() {
    assertThat(problems(Map.of("bootstrapServers", "host"))).contains("must be host:port");
    assertThat(problems(Map.of("bootstrapServers", "a:9092,b:99999")))
        .contains("broker.kafka.bootstrapServers: 'b:99999' must be host:port with a port from 1")
        .doesNotContain("'a:9092'");
    assertThat(problems(Map.of("bootstrapServers", "a:0"))).contains("'a:0' must be");
    assertThat(problems(Map.of("bootstrapServers", "a:1,[::1]:65535"))).isEqualTo("[]");
    assertThat(problems(Map.of("topicPrefix", "a/b"))).contains("broker.kafka.topicPrefix");
    assertThat(problems(Map.of("pendingBytes", "1MiB"))).contains("from 16MiB");
    assertThat(problems(Map.of("tls", Map.of("enabled", true)))).contains("bootstrapServers");
    assertThat(
            problems(
                Map.of(
                    "bootstrapServers", "a:1", "tls", Map.of("enabled", true, "key", "/key.pem"))))
        .contains("belong together");
    assertThat(problems(Map.of("tls", Map.of("authority", "/ca.pem"))))
        .contains("broker.kafka.tls.enabled");
    assertThat(problems(Map.of("bootstrapServers", "a:1", "sasl", Map.of("user", "u"))))
        .contains("belong together");
  }

  private static String problems(Map<String, Object> kafka) {
    Configuration configuration = kafka(kafka);
    BrokerConfig.read(configuration.root());
    return configuration.problems().toString();
  }

  private static Configuration kafka(Map<String, Object> kafka) {
    return new Configuration(Map.of("broker", Map.of("kafka", kafka)), Map.of(), Map.of());
  }
}

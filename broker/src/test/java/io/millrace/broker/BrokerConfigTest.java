package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
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
  void saysWhatDoesNotFitTogether() {
    assertThat(problems(Map.of("bootstrapServers", "host"))).contains("must be host:port");
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

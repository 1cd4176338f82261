package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topic.MountPoint;
import io.millrace.config.Configuration;
import io.millrace.http.CertificateFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MqttConfigTest {
  private static MqttConfig read(Configuration configuration) {
    return MqttConfig.read(configuration.root().section("broker").section("mqtt"));
  }

  private static Configuration mqtt(Map<String, Object> keys) {
    return new Configuration(Map.of("broker", Map.of("mqtt", keys)), Map.of(), Map.of());
  }

  @Test
  void hasDefaults() {
    Configuration configuration = mqtt(Map.of());
    assertThat(read(configuration))
        .isEqualTo(
            new MqttConfig(
                "0.0.0.0",
                1883,
                8883,
                Optional.empty(),
                Optional.empty(),
                false,
                MountPoint.NONE,
                Duration.ofSeconds(10),
                20_000,
                2 << 20,
                1000,
                1000,
                64,
                Duration.ofMinutes(20),
                Duration.ofDays(7),
                100_000,
                2,
                true,
                List.of()));
    assertThat(configuration.problems()).isEmpty();
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        mqtt(
            Map.ofEntries(
                Map.entry("host", "127.0.0.1"),
                Map.entry("port", 1),
                Map.entry(
                    "tls",
                    Map.of(
                        "port",
                        2,
                        "certificate",
                        "/c.pem",
                        "key",
                        "/k.pem",
                        "clientAuthority",
                        "/ca.pem",
                        "requireClientCertificate",
                        true)),
                Map.entry("mount", "plant/line-3"),
                Map.entry("connectTimeout", "3s"),
                Map.entry("maxConnections", 4),
                Map.entry("maxPacketSize", "5KiB"),
                Map.entry("receiveMaximum", 6),
                Map.entry("inFlight", 7),
                Map.entry("topicAliases", 8),
                Map.entry("keepAlive", "9s"),
                Map.entry("sessionExpiry", "10s"),
                Map.entry("maxSessions", 11),
                Map.entry("maxQos", 1),
                Map.entry("retain", false),
                Map.entry("refusedFilters", List.of("#"))));
    assertThat(read(configuration))
        .isEqualTo(
            new MqttConfig(
                "127.0.0.1",
                1,
                2,
                Optional.of(new CertificateFiles(Path.of("/c.pem"), Path.of("/k.pem"))),
                Optional.of(Path.of("/ca.pem")),
                true,
                new MountPoint.At("plant", "line-3"),
                Duration.ofSeconds(3),
                4,
                5 << 10,
                6,
                7,
                8,
                Duration.ofSeconds(9),
                Duration.ofSeconds(10),
                11,
                1,
                false,
                List.of("#")));
    assertThat(configuration.problems()).isEmpty();
  }

  @Test
  void saysWhatDoesNotFit() {
    Configuration configuration =
        mqtt(
            Map.of(
                "mount", "No Namespace",
                "maxPacketSize", "1B",
                "keepAlive", "0s",
                "tls", Map.of("requireClientCertificate", true)));
    read(configuration);
    assertThat(configuration.problems()).hasSize(4);
  }
}

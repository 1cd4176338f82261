package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topic.MountPoint;
import io.millrace.config.ConfigProblem;
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
    assertThat(configuration.problems())
        .extracting(ConfigProblem::path)
        .containsExactlyInAnyOrder(
            "broker.mqtt.mount",
            "broker.mqtt.maxPacketSize",
            "broker.mqtt.keepAlive",
            "broker.mqtt.tls.clientAuthority");
  }

  @Test
  void everyNumberHasARange() {
    Configuration configuration =
        mqtt(
            Map.ofEntries(
                Map.entry("connectTimeout", "0s"),
                Map.entry("maxConnections", 0),
                Map.entry("maxPacketSize", "1023B"),
                Map.entry("receiveMaximum", 0),
                Map.entry("inFlight", 65_536),
                Map.entry("topicAliases", 65_536),
                Map.entry("keepAlive", "19h"),
                Map.entry("sessionExpiry", "3651d"),
                Map.entry("maxSessions", -1),
                Map.entry("maxQos", 3)));
    read(configuration);
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactlyInAnyOrder(
            "broker.mqtt.connectTimeout: '0s' is not a time from 1s to 10m",
            "broker.mqtt.maxConnections: '0' is not a whole number from 1 to 10000000",
            "broker.mqtt.maxPacketSize: '1023B' is not a size from 1KiB to 64MiB",
            "broker.mqtt.receiveMaximum: '0' is not a whole number from 1 to 65535",
            "broker.mqtt.inFlight: '65536' is not a whole number from 1 to 65535",
            "broker.mqtt.topicAliases: '65536' is not a whole number from 0 to 65535",
            "broker.mqtt.keepAlive: '19h' is not a time from 1s to 18h",
            "broker.mqtt.sessionExpiry: '3651d' is not a time from 0s to 3650d",
            "broker.mqtt.maxSessions: '-1' is not a whole number from 0 to 100000000",
            "broker.mqtt.maxQos: '3' is not a whole number from 0 to 2");
  }

  @Test
  void aMountPointThatNobodyMeansIsRefused() {
    String words =
        "broker.mqtt.mount: must be a namespace, or namespace/levels: write it without a slash at"
            + " the end and without an empty level, not ";
    for (String odd : List.of("plant/", "plant/line-3/", "plant//line-3")) {
      assertThat(mountProblems(odd)).containsExactly(words + "'" + odd + "'");
    }
    assertThat(mountProblems("plant/" + "a/".repeat(31) + "a"))
        .containsExactly(
            "broker.mqtt.mount: must be a namespace, or namespace/levels: it leaves no room for a"
                + " topic: a topic's path has at most 32 levels, not 33");
    assertThat(mountProblems("plant/" + "a/".repeat(30) + "a")).isEmpty();
  }

  private static List<String> mountProblems(String mount) {
    Configuration configuration = mqtt(Map.of("mount", mount));
    read(configuration);
    return configuration.problems().stream().map(ConfigProblem::toString).toList();
  }
}

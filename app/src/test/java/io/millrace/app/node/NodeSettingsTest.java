package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessConfig;
import io.millrace.catalog.CatalogConfig;
import io.millrace.config.ConfigEntry;
import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import io.millrace.config.MemoryBounds;
import io.millrace.config.Secret;
import io.millrace.edge.EdgeConfig;
import io.millrace.ingest.IngestConfig;
import io.millrace.media.LiveConfig;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.ThumbnailConfig;
import io.millrace.storage.StorageConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeSettingsTest {
  @Test
  void defaults() {
    Configuration configuration = configuration(Map.of());

    NodeSettings settings = NodeSettings.read(configuration.root());

    configuration.check();
    assertThat(settings.roles()).containsExactlyInAnyOrder(Role.values());
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("millrace-data").toAbsolutePath());
    assertThat(settings.stopTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.stopLinger()).isEqualTo(Duration.ofSeconds(4));
    assertThat(settings.management()).isEqualTo(new NodeSettings.Management("127.0.0.1", 9464));
    assertThat(settings.origin())
        .isEqualTo(new NodeSettings.Origin("127.0.0.1", 8081, Optional.empty()));
    assertThat(settings.selfSignedTls()).isFalse();
    assertThat(settings.metadataTopic()).isEmpty();
    assertThat(settings.storage().directory())
        .isEqualTo(Path.of("millrace-data/objects").toAbsolutePath());
  }

  @Test
  void mapsEveryKeyOfItsOwn() {
    Configuration configuration =
        configuration(
            Map.of(
                "roles", List.of("edge", "origin"),
                "data", Map.of("dir", "/srv/millrace/./data"),
                "stopTimeout", "4s",
                "stopLinger", "1s",
                "metadata", Map.of("topic", "public/{app}/{stream}"),
                "management", Map.of("host", "10.0.0.1", "port", 9000),
                "origin", Map.of("host", "10.0.0.2", "port", 9001, "sharedSecret", "between-us"),
                "http", Map.of("tls", Map.of("mode", "self-signed"))));

    NodeSettings settings = NodeSettings.read(configuration.root());

    configuration.check();
    assertThat(settings.roles()).containsExactlyInAnyOrder(Role.EDGE, Role.ORIGIN);
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("/srv/millrace/data"));
    assertThat(settings.stopTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(settings.stopLinger()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.management()).isEqualTo(new NodeSettings.Management("10.0.0.1", 9000));
    assertThat(settings.origin())
        .isEqualTo(
            new NodeSettings.Origin("10.0.0.2", 9001, Optional.of(new Secret("between-us"))));
    assertThat(settings.selfSignedTls()).isTrue();
    assertThat(settings.metadataTopic()).contains("public/{app}/{stream}");
  }

  @Test
  void aTopicOfMetadataIsOneForEachStream() {
    for (String topic :
        List.of("metadata", "{app}/{stream}", "public/{app}", "public/{app}/{stream}/#")) {
      Configuration configuration = configuration(Map.of("metadata", Map.of("topic", topic)));
      NodeSettings.read(configuration.root());
      assertThat(configuration.problems())
          .extracting(ConfigProblem::path)
          .containsExactly("metadata.topic");
    }
  }

  @Test
  void everyModuleReadsItsOwnSection() {
    Map<String, Object> tree =
        Map.of(
            "data", Map.of("dir", "/srv/millrace"),
            "http", Map.of("port", 1),
            "ingest", Map.of("endGrace", "2s", "rtmp", Map.of("port", 3)),
            "packager", Map.of("window", "40s", "thumbnails", Map.of("interval", "5s")),
            "storage", Map.of("directory", "/srv/objects"),
            "edge", Map.of("memory", "5MiB"),
            "access", Map.of("publishKey", "a-key-of-sixteen-letters"),
            "database", Map.of("poolSize", 6));

    NodeSettings settings = NodeSettings.read(configuration(tree).root());

    var root = configuration(tree).root();
    assertThat(settings.http().port()).isEqualTo(1);
    assertThat(settings.live()).isEqualTo(LiveConfig.read(root.section("ingest")));
    assertThat(settings.live().endGrace()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.ingest()).isEqualTo(IngestConfig.read(root.section("ingest")));
    assertThat(settings.ingest().rtmpPort()).isEqualTo(3);
    assertThat(settings.packager()).isEqualTo(PackagerConfig.read(root.section("packager")));
    assertThat(settings.thumbnails()).isEqualTo(new ThumbnailConfig(Duration.ofSeconds(5), 160));
    assertThat(settings.packager().window()).isEqualTo(Duration.ofSeconds(40));
    assertThat(settings.storage()).isEqualTo(StorageConfig.directory(Path.of("/srv/objects")));
    assertThat(settings.edge()).isEqualTo(EdgeConfig.read(root));
    assertThat(settings.edge().memoryBytes()).isEqualTo(5 << 20);
    assertThat(settings.access()).isEqualTo(AccessConfig.read(root));
    assertThat(settings.access().publishKey()).contains(new Secret("a-key-of-sixteen-letters"));
    assertThat(settings.catalog()).isEqualTo(CatalogConfig.read(root));
    assertThat(settings.catalog().poolSize()).isEqualTo(6);
  }

  @Test
  void anOriginThatOthersReachNeedsASecret() {
    assertThat(problems(Map.of("origin", Map.of("host", "0.0.0.0"))))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("origin.host");
              assertThat(problem.message()).contains("origin.sharedSecret must be set");
            });
    for (String loopback : List.of("localhost", "127.0.0.9", "::1")) {
      assertThat(problems(Map.of("origin", Map.of("host", loopback)))).isEmpty();
    }
  }

  @Test
  void onlyTheRoleOriginOpensItsPort() {
    assertThat(problems(Map.of("roles", List.of("catalog"), "origin", Map.of("host", "0.0.0.0"))))
        .isEmpty();
  }

  @Test
  void namesTheRolesThatItDoesNotKnow() {
    assertThat(problems(Map.of("roles", List.of("edge", "shield", "rights"))))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("roles");
              assertThat(problem.message())
                  .isEqualTo(
                      "does not know shield, rights; there are origin, edge, catalog, broker");
            });
    assertThat(problems(Map.of("roles", List.of())))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("names none"));
  }

  @Test
  void knowsOneModeOfTls() {
    assertThat(problems(Map.of("http", Map.of("tls", Map.of("mode", "acme")))))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("http.tls.mode");
              assertThat(problem.message()).contains("'acme'").contains("self-signed");
            });
  }

  @Test
  void anEdgeAloneNeedsAnOrigin() {
    assertThat(problems(Map.of("roles", List.of("edge", "catalog"))))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("edge.origin");
              assertThat(problem.message()).contains("http://10.0.0.1:8081");
            });
  }

  @Test
  void noTwoListenersMayHaveOnePort() {
    assertThat(problems(Map.of("http", Map.of("port", 9464), "origin", Map.of("port", 1935))))
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "http.port: 9464 is the port of management.port already; choose another",
            "ingest.rtmp.port: 1935 is the port of origin.port already; choose another");
    assertThat(
            problems(
                Map.of(
                    "http", Map.of("tls", Map.of("mode", "self-signed")),
                    "origin", Map.of("port", 1936))))
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "ingest.rtmps.port: 1936 is the port of origin.port already; choose another");
    assertThat(problems(Map.of("origin", Map.of("port", 1936)))).isEmpty();
    assertThat(problems(Map.of("http", Map.of("port", 0), "origin", Map.of("port", 0)))).isEmpty();
    assertThat(problems(Map.of("roles", List.of("catalog"), "origin", Map.of("port", 8080))))
        .isEmpty();
  }

  /** A wrong unit, or a slip of the finger, is not to bound nothing. */
  @Test
  void everyTimeAndEverySizeHasARange() {
    Configuration plain = configuration(Map.of("packager", Map.of("targetDuration", "4s")));
    NodeSettings.read(plain.root());
    Map<String, String> nonsense = new TreeMap<>();
    for (ConfigEntry entry : plain.entries()) {
      if (entry.value().matches("\\d+(ms|s)")) {
        nonsense.put(entry.path(), "100000d");
      } else if (entry.value().matches("\\d+([KMGT]i)?B")) {
        nonsense.put(entry.path(), "99999TiB");
      }
    }
    Configuration configuration = new Configuration(Map.of(), Map.of(), nonsense);

    NodeSettings.read(configuration.root());

    assertThat(nonsense)
        .containsKeys(
            "broker.memory", "broker.ws.coalesce", "broker.mqtt.keepAlive", "stopTimeout");
    assertThat(configuration.problems())
        .extracting(ConfigProblem::path)
        .containsExactlyInAnyOrderElementsOf(nonsense.keySet());
    assertThat(configuration.problems())
        .allSatisfy(
            problem ->
                assertThat(problem.message())
                    .matches("'(100000d|99999TiB)' is not a (time|size) from \\S+ to \\S+"));
  }

  @Test
  void memoryIsBoundedByWhatTheRolesThatRunMayTake() {
    Map<String, String> large =
        Map.of(
            "broker.memory", "3GiB",
            "broker.index.memory", "3GiB",
            "broker.retained.memory", "3GiB",
            "broker.kafka.pendingBytes", "3GiB",
            "packager.unstoredBytes", "3GiB",
            "edge.memory", "3GiB");
    assertThat(tooMuch(large, "origin,edge,catalog,broker"))
        .containsExactlyInAnyOrderElementsOf(large.keySet());
    assertThat(tooMuch(large, "origin,catalog")).containsExactly("packager.unstoredBytes");
    assertThat(tooMuch(large, "catalog")).isEmpty();
  }

  private static List<String> tooMuch(Map<String, String> given, String roles) {
    Map<String, String> all = new TreeMap<>(given);
    all.put("roles", roles);
    Configuration configuration =
        new Configuration(
            Map.of(), Map.of(), all, new MemoryBounds(() -> 2L << 30, () -> 1L << 30));
    NodeSettings.read(configuration.root());
    return configuration.problems().stream()
        .filter(problem -> problem.message().contains("is more than the"))
        .map(ConfigProblem::path)
        .toList();
  }

  @Test
  void kafkasListenerNeedsACertificateFromSomewhere() {
    Map<String, Object> listener =
        Map.of("enabled", true, "advertised", "kafka.example.com", "password", "its-password");
    Map<String, Object> broker = Map.of("kafka", Map.of("listener", listener));
    assertThat(problems(Map.of("broker", broker)))
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "broker.kafka.listener.certificate: is missing; give the listener one of its own, or"
                + " http.tls one");
    assertThat(
            problems(
                Map.of("broker", broker, "http", Map.of("tls", Map.of("mode", "self-signed")))))
        .isEmpty();
    assertThat(problems(Map.of("broker", broker, "roles", List.of("catalog")))).isEmpty();
  }

  private static List<ConfigProblem> problems(Map<String, Object> tree) {
    Configuration configuration = configuration(tree);
    NodeSettings.read(configuration.root());
    return configuration.problems();
  }

  private static Configuration configuration(Map<String, Object> tree) {
    return new Configuration(tree, Map.of(), Map.of());
  }
}

package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessConfig;
import io.millrace.catalog.CatalogConfig;
import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import io.millrace.edge.EdgeConfig;
import io.millrace.http.CertificateFiles;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.ingest.IngestConfig;
import io.millrace.media.LiveConfig;
import io.millrace.packager.PackagerConfig;
import io.millrace.storage.StorageConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  }

  @Test
  void everyModuleReadsItsOwnSection() {
    Map<String, Object> tree =
        Map.of(
            "data", Map.of("dir", "/srv/millrace"),
            "http", Map.of("port", 1),
            "ingest", Map.of("endGrace", "2s", "rtmp", Map.of("port", 3)),
            "packager", Map.of("window", "40s"),
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
    assertThat(settings.packager().window()).isEqualTo(Duration.ofSeconds(40));
    assertThat(settings.storage())
        .isEqualTo(new StorageConfig(StorageConfig.Kind.DIRECTORY, Path.of("/srv/objects")));
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

  @Test
  void aCertificateForRtmpsThatIsNotThereIsFound() {
    Configuration configuration =
        configuration(
            Map.of(
                "ingest", Map.of("rtmps", Map.of("certificate", "/none.crt", "key", "/none.key"))));
    NodeSettings.checkFiles(configuration.root(), NodeSettings.read(configuration.root()));
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly("ingest.rtmps.certificate: there is no file /none.crt");
  }

  @Test
  void ofACertificateAndItsKeyTheSettingOfTheWrongOneIsNamed(@TempDir Path folder)
      throws IOException {
    CertificateFiles files = SelfSignedCertificate.keptIn(folder, Instant.now());
    String certificate = files.certificate().toString();
    assertThat(rtmps(certificate, folder.toString()))
        .containsExactly("ingest.rtmps.key: " + folder + " is a directory, not a file");
    assertThat(rtmps(certificate, "/none.key"))
        .containsExactly("ingest.rtmps.key: there is no file /none.key");
    assertThat(rtmps(certificate, certificate))
        .containsExactly(
            "ingest.rtmps.key: " + certificate + " holds no PEM private key that is not encrypted");
    assertThat(rtmps(files.key().toString(), files.key().toString()))
        .containsExactly(
            "ingest.rtmps.certificate: " + files.key() + " does not start with a PEM certificate");
  }

  private static List<String> rtmps(String certificate, String key) {
    return fileProblems(
        Map.of("ingest", Map.of("rtmps", Map.of("certificate", certificate, "key", key))));
  }

  @Test
  void aKeyForTokensThatCannotBeUsedIsSaidOnce() {
    assertThat(fileProblems(Map.of("access", Map.of("jwt", Map.of("secret", "short")))))
        .containsExactly("access.jwt.secret: must have at least 32 bytes for HS256");
    assertThat(fileProblems(Map.of("access", Map.of("jwt", Map.of("publicKeyFile", "/none.pem")))))
        .containsExactly("access.jwt.publicKeyFile: there is no file /none.pem");
    assertThat(
            fileProblems(
                Map.of(
                    "access",
                    Map.of("jwt", Map.of("secret", "short", "publicKeyFile", "/none.pem")))))
        .containsExactly(
            "access.jwt.secret: give one of secret, publicKeyFile, jwksFile and jwksUrl, not"
                + " several",
            "access.jwt.secret: must have at least 32 bytes for HS256",
            "access.jwt.publicKeyFile: there is no file /none.pem");
  }

  private static List<String> fileProblems(Map<String, Object> tree) {
    Configuration configuration = configuration(tree);
    NodeSettings.checkFiles(configuration.root(), NodeSettings.read(configuration.root()));
    return configuration.problems().stream().map(ConfigProblem::toString).toList();
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

package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import io.millrace.http.CertificateFiles;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.testkit.Clips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedFilesTest {
  @Test
  void aCertificateForRtmpsThatIsNotThereIsFound() {
    Configuration configuration =
        configuration(
            Map.of(
                "ingest", Map.of("rtmps", Map.of("certificate", "/none.crt", "key", "/none.key"))));
    NamedFiles.check(configuration.root(), NodeSettings.read(configuration.root()));
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly("ingest.rtmps.certificate: there is no file /none.crt");
  }

  @Test
  void aSlateThatCannotBeShownIsToldWithWhatToChange(@TempDir Path folder) throws IOException {
    assertThat(slate("/none.mp4")).containsExactly("ingest.slate: there is no file /none.mp4");
    Path text = Files.writeString(folder.resolve("slate.mp4"), "no film at all");
    assertThat(slate(text.toString()))
        .singleElement()
        .asString()
        .startsWith("ingest.slate: " + text + " is no MP4 file that can be read");
    Path clip = Clips.bigBuckBunny();
    assertThat(slate(clip.toString()))
        .singleElement()
        .asString()
        .startsWith("ingest.slate: " + clip + " has key frames up to ")
        .contains("more than packager.segmentDuration", "-force_key_frames");
  }

  private static List<String> slate(String file) {
    return fileProblems(Map.of("ingest", Map.of("slate", file)));
  }

  /** One file may be for several machines. */
  @Test
  void whatDoesNotRunHereNeedsNoFilesHere() {
    Map<String, Object> files = Map.of("certificate", "/none.crt", "key", "/none.key");
    Map<String, Object> settings =
        Map.of(
            "roles", "edge",
            "edge", Map.of("origin", "http://127.0.0.1:9"),
            "ingest", Map.of("rtmps", files),
            "broker",
                Map.of(
                    "mqtt", Map.of("tls", files),
                    "kafka",
                        Map.of(
                            "listener", Map.of("certificate", "/none.crt", "key", "/none.key"))));
    assertThat(fileProblems(settings)).isEmpty();
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
    NamedFiles.check(configuration.root(), NodeSettings.read(configuration.root()));
    return configuration.problems().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void theCertificateOfKafkasListenerIsLookedAt(@TempDir Path folder) throws IOException {
    CertificateFiles files = SelfSignedCertificate.keptIn(folder, Instant.now());
    String certificate = files.certificate().toString();
    assertThat(listener(certificate, files.key().toString())).isEmpty();
    assertThat(listener("/none.crt", "/none.key"))
        .containsExactly("broker.kafka.listener.certificate: there is no file /none.crt");
    assertThat(listener(certificate, certificate))
        .containsExactly(
            "broker.kafka.listener.key: "
                + certificate
                + " holds no PEM private key that is not encrypted");
  }

  @Test
  void theCertificatesOfHttpAndMqttAreLookedAt(@TempDir Path folder) throws IOException {
    CertificateFiles files = SelfSignedCertificate.keptIn(folder, Instant.now());
    Map<String, Object> good = pair(files.certificate(), files.key());
    Map<String, Object> bad = pair(files.certificate(), Path.of("/none.key"));
    assertThat(fileProblems(Map.of("http", Map.of("tls", good)))).isEmpty();
    assertThat(fileProblems(Map.of("http", Map.of("tls", bad))))
        .containsExactly("http.tls.key: there is no file /none.key");
    assertThat(fileProblems(Map.of("broker", Map.of("mqtt", Map.of("tls", good))))).isEmpty();
    assertThat(fileProblems(Map.of("broker", Map.of("mqtt", Map.of("tls", bad)))))
        .containsExactly("broker.mqtt.tls.key: there is no file /none.key");
  }

  private static Map<String, Object> pair(Path certificate, Path key) {
    return Map.of("certificate", certificate.toString(), "key", key.toString());
  }

  private static List<String> listener(String certificate, String key) {
    return fileProblems(
        Map.of(
            "broker",
            Map.of(
                "kafka",
                Map.of(
                    "listener",
                    Map.of(
                        "enabled",
                        true,
                        "advertised",
                        "kafka.example.com",
                        "password",
                        "its-password",
                        "certificate",
                        certificate,
                        "key",
                        key)))));
  }

  /** Kafka's listener takes that of HTTP where it has none, and says whose setting is wrong. */
  private static List<String> sharedWithListener(Path certificate, Path key) {
    Map<String, Object> listener =
        Map.of("enabled", true, "advertised", "kafka.example.com", "password", "its-password");
    return fileProblems(
        Map.of(
            "http", Map.of("tls", pair(certificate, key)),
            "broker", Map.of("kafka", Map.of("listener", listener))));
  }

  @Test
  void kafkaIsGivenNoKeyThatItCannotRead(@TempDir Path folder) throws Exception {
    CertificateFiles files = SelfSignedCertificate.keptIn(folder, Instant.now());
    Path sec1 = folder.resolve("sec1.pem");
    try (PEMParser parser = new PEMParser(Files.newBufferedReader(files.key()));
        PemWriter writer = new PemWriter(Files.newBufferedWriter(sec1))) {
      PrivateKeyInfo info = (PrivateKeyInfo) parser.readObject();
      ECPrivateKey key = ECPrivateKey.getInstance(info.parsePrivateKey());
      ECPrivateKey whole =
          new ECPrivateKey(256, key.getKey(), info.getPrivateKeyAlgorithm().getParameters());
      writer.writeObject(new PemObject("EC PRIVATE KEY", whole.getEncoded()));
    }
    assertThat(Files.readString(sec1)).startsWith("-----BEGIN EC PRIVATE KEY-----");
    String certificate = files.certificate().toString();
    assertThat(rtmps(certificate, sec1.toString())).isEmpty();
    String words =
        sec1
            + " is no key in PKCS #8, and Kafka reads no other; write it so with 'openssl pkcs8"
            + " -topk8 -nocrypt'";
    assertThat(listener(certificate, sec1.toString()))
        .containsExactly("broker.kafka.listener.key: " + words);
    assertThat(sharedWithListener(files.certificate(), files.key())).isEmpty();
    assertThat(sharedWithListener(files.certificate(), sec1))
        .containsExactly("http.tls.key: " + words);
    assertThat(cluster(Map.of("certificate", certificate, "key", sec1.toString())))
        .containsExactly("broker.kafka.tls.key: " + words);
  }

  @Test
  void theFilesForAKafkaClusterAreLookedAt(@TempDir Path folder) throws IOException {
    CertificateFiles files = SelfSignedCertificate.keptIn(folder, Instant.now());
    String certificate = files.certificate().toString();
    String key = files.key().toString();
    Path broken = Files.writeString(folder.resolve("broken.pem"), "no certificate");
    assertThat(cluster(Map.of("authority", certificate, "certificate", certificate, "key", key)))
        .isEmpty();
    assertThat(cluster(Map.of("authority", "/none.pem")))
        .containsExactly("broker.kafka.tls.authority: there is no file /none.pem");
    assertThat(cluster(Map.of("authority", broken.toString())))
        .containsExactly("broker.kafka.tls.authority: " + broken + " holds no PEM certificate");
    assertThat(cluster(Map.of("authority", key)))
        .containsExactly("broker.kafka.tls.authority: " + key + " holds no PEM certificate");
    assertThat(cluster(Map.of("certificate", "/none.crt", "key", key)))
        .containsExactly("broker.kafka.tls.certificate: there is no file /none.crt");
  }

  private static List<String> cluster(Map<String, Object> tls) {
    Map<String, Object> section = new TreeMap<>(tls);
    section.put("enabled", true);
    return fileProblems(
        Map.of(
            "broker",
            Map.of("kafka", Map.of("bootstrapServers", List.of("a:9093"), "tls", section))));
  }

  @Test
  void whoSignsClientsOfMqttIsLookedAt(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("cut.pem"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertThat(mqttAuthority(folder.resolve("cut.pem")))
        .containsExactly(
            "broker.mqtt.tls.clientAuthority: "
                + folder.resolve("cut.pem")
                + " holds a certificate that can't be read");
    assertThat(mqttAuthority(Path.of("/none.pem")))
        .containsExactly("broker.mqtt.tls.clientAuthority: there is no file /none.pem");
  }

  private static List<String> mqttAuthority(Path file) {
    return fileProblems(
        Map.of(
            "broker", Map.of("mqtt", Map.of("tls", Map.of("clientAuthority", file.toString())))));
  }

  private static Configuration configuration(Map<String, Object> tree) {
    return new Configuration(tree, Map.of(), Map.of());
  }
}

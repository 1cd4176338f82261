package io.millrace.app.node;

import io.millrace.access.AccessConfig;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.broker.kafka.KafkaListener;
import io.millrace.config.ConfigSection;
import io.millrace.http.AuthorityFile;
import io.millrace.http.CertificateFileException;
import io.millrace.http.CertificateFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The keys and certificates that settings name. */
public final class NamedFiles {
  private NamedFiles() {}

  /**
   * Looks at all of them, so that a check finds what a start would; what is wrong is collected in
   * the configuration. Blocks on the files.
   */
  public static void check(ConfigSection root, NodeSettings settings) {
    ConfigSection jwt = root.section("access").section("jwt");
    settings
        .access()
        .jwt()
        .map(AccessConfig.Jwt::keySources)
        .orElse(Map.of())
        .forEach(
            (key, source) ->
                tryLoading(jwt, key, () -> JwtRules.load(source, new RevokedTokens(1))));
    ConfigSection httpTls = root.section("http").section("tls");
    certificate(httpTls, settings.http().certificate());
    certificate(root.section("ingest").section("rtmps"), settings.ingest().rtmpsCertificate());
    ConfigSection broker = root.section("broker");
    ConfigSection mqttTls = broker.section("mqtt").section("tls");
    certificate(mqttTls, settings.broker().mqtt().certificate());
    authority(mqttTls, "clientAuthority", settings.broker().mqtt().clientAuthority());
    settings
        .broker()
        .kafkaListener()
        .ifPresent(
            listener ->
                listener(
                    broker.section("kafka").section("listener"),
                    listener,
                    httpTls,
                    settings.http().certificate()));
    settings
        .broker()
        .kafka()
        .tls()
        .ifPresent(tls -> cluster(broker.section("kafka").section("tls"), tls));
  }

  private static void certificate(ConfigSection section, Optional<CertificateFiles> certificate) {
    certificate.ifPresent(files -> look(section, files::check));
  }

  /** Kafka's listener takes the public one's certificate where it has none of its own. */
  private static void listener(
      ConfigSection section,
      KafkaListener listener,
      ConfigSection httpTls,
      Optional<CertificateFiles> shared) {
    listener
        .certificate()
        .ifPresentOrElse(
            own -> look(section, own::checkForKafka),
            () -> shared.ifPresent(files -> look(httpTls, files::checkForKafka)));
  }

  private static void cluster(ConfigSection section, KafkaConfig.Tls tls) {
    authority(section, "authority", tls.authority());
    tls.certificate()
        .flatMap(certificate -> tls.key().map(key -> new CertificateFiles(certificate, key)))
        .ifPresent(files -> look(section, files::checkForKafka));
  }

  private static void authority(ConfigSection section, String key, Optional<Path> authority) {
    authority.ifPresent(
        file -> {
          try {
            AuthorityFile.check(file);
          } catch (IOException e) {
            section.problem(key, String.valueOf(e.getMessage()));
          }
        });
  }

  private interface Look {
    void take() throws IOException;
  }

  private static void look(ConfigSection section, Look look) {
    try {
      look.take();
    } catch (IOException e) {
      section.problem(CertificateFileException.keyOf(e), String.valueOf(e.getMessage()));
    }
  }

  private static void tryLoading(ConfigSection section, String key, Callable<?> loading) {
    try {
      loading.call();
    } catch (NoSuchFileException e) {
      section.problem(key, "there is no file " + e.getFile());
    } catch (Exception e) {
      String path = section.path() + "." + key;
      String message = String.valueOf(e.getMessage());
      section.problem(
          key, message.startsWith(path) ? message.substring(path.length()).strip() : message);
    }
  }
}

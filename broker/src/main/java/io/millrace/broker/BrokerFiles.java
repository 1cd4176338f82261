package io.millrace.broker;

import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.broker.kafka.KafkaListener;
import io.millrace.config.ConfigSection;
import io.millrace.http.AuthorityFile;
import io.millrace.http.CertificateFiles;
import io.millrace.http.FileProblems;
import java.util.Optional;

/** The certificates and keys that the broker's settings name. */
public final class BrokerFiles {
  private BrokerFiles() {}

  /**
   * Looks at all of them, and collects what is wrong in the configuration; blocks.
   *
   * @param root the whole configuration
   * @param shared the public listener's certificate, which Kafka's listener takes where it has none
   */
  public static void check(
      ConfigSection root, BrokerConfig config, Optional<CertificateFiles> shared) {
    ConfigSection broker = root.section("broker");
    ConfigSection mqtt = broker.section("mqtt").section("tls");
    config.mqtt().certificate().ifPresent(files -> FileProblems.collect(mqtt, files::check));
    config
        .mqtt()
        .clientAuthority()
        .ifPresent(
            file -> FileProblems.collect(mqtt, "clientAuthority", () -> AuthorityFile.check(file)));
    ConfigSection kafka = broker.section("kafka");
    config
        .kafkaListener()
        .ifPresent(
            listener ->
                listener(
                    kafka.section("listener"),
                    listener,
                    root.section("http").section("tls"),
                    shared));
    config.kafka().tls().ifPresent(tls -> cluster(kafka.section("tls"), tls));
  }

  private static void listener(
      ConfigSection section,
      KafkaListener listener,
      ConfigSection httpTls,
      Optional<CertificateFiles> shared) {
    listener
        .certificate()
        .ifPresentOrElse(
            own -> FileProblems.collect(section, own::checkForKafka),
            () -> shared.ifPresent(files -> FileProblems.collect(httpTls, files::checkForKafka)));
  }

  private static void cluster(ConfigSection section, KafkaConfig.Tls tls) {
    tls.authority()
        .ifPresent(
            file -> FileProblems.collect(section, "authority", () -> AuthorityFile.check(file)));
    tls.certificate()
        .flatMap(certificate -> tls.key().map(key -> new CertificateFiles(certificate, key)))
        .ifPresent(files -> FileProblems.collect(section, files::checkForKafka));
  }
}

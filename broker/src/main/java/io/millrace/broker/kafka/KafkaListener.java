package io.millrace.broker.kafka;

import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import io.millrace.http.CertificateFiles;
import java.util.Optional;
import java.util.Properties;

/**
 * Section {@code broker.kafka.listener}: where Kafka's own clients reach the embedded Kafka, with
 * TLS and one user, who may do everything there.
 *
 * @param host the address to listen on
 * @param advertised the host name or address that clients are told
 * @param certificate read when Kafka starts; its key in PKCS #8
 */
public record KafkaListener(
    String host,
    int port,
    String advertised,
    Optional<CertificateFiles> certificate,
    String user,
    Secret password) {
  private static final String NOT_PLAIN =
      "may hold letters, digits and _ . ~ @ + - only, 256 at most";

  /** Reads the section; empty where it is not enabled. */
  public static Optional<KafkaListener> read(ConfigSection section, boolean isEmbedded) {
    boolean enabled = section.bool("enabled", false);
    String host = section.host("host", "0.0.0.0");
    int port = section.port("port", 9092);
    Optional<String> advertised = section.optional("advertised");
    Optional<CertificateFiles> certificate = CertificateFiles.read(section);
    String user = section.string("user", "kafka");
    Optional<Secret> password = section.secret("password");
    if (!enabled) {
      return Optional.empty();
    }
    if (!isEmbedded) {
      section.problem("enabled", "is for the embedded Kafka; a cluster has listeners of its own");
    }
    if (port == 0) {
      section.problem("port", "must be one that clients can know, so not 0");
    }
    if (advertised.isEmpty()) {
      section.problem("advertised", "is missing; clients connect to the name that they are told");
    }
    if (!isPlain(user)) {
      section.problem("user", NOT_PLAIN);
    }
    if (password.isEmpty()) {
      section.problem("password", "is missing; whoever has it may do everything with all topics");
    } else if (!isPlain(password.get().reveal())) {
      section.problem("password", NOT_PLAIN);
    }
    return Optional.of(
        new KafkaListener(
            host,
            port,
            advertised.orElse(""),
            certificate,
            user,
            password.orElseGet(() -> new Secret(""))));
  }

  private static boolean isPlain(String text) {
    return text.matches("[\\w.~@+-]{1,256}");
  }

  /** The same with a certificate where none is set. */
  public KafkaListener withDefaultCertificate(Optional<CertificateFiles> fallback) {
    return new KafkaListener(
        host, port, advertised, certificate.or(() -> fallback), user, password);
  }

  /**
   * For the child.
   *
   * @throws KafkaUnavailableException without a certificate
   */
  void write(Properties settings) throws KafkaUnavailableException {
    CertificateFiles files =
        certificate.orElseThrow(
            () ->
                new KafkaUnavailableException(
                    ChildEnd.UNKNOWN,
                    "broker.kafka.listener needs a certificate: its own, or that of http.tls",
                    null));
    settings.setProperty("outside.host", host);
    settings.setProperty("outside.port", String.valueOf(port));
    settings.setProperty("outside.advertised", advertised);
    settings.setProperty("outside.certificates", files.certificate().toAbsolutePath().toString());
    settings.setProperty("outside.key", files.key().toAbsolutePath().toString());
    settings.setProperty("outside.user." + user, password.reveal());
  }
}

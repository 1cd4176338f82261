package io.millrace.broker.kafka;

import io.millrace.broker.kafka.KafkaConfig.Sasl;
import io.millrace.broker.kafka.KafkaConfig.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How Kafka's clients reach a cluster: the same for the embedded one and any other.
 *
 * @param bootstrapServers {@code host:port}, at least one
 * @param security Kafka's own client properties for TLS and SASL; holds secrets
 */
public record KafkaConnection(List<String> bootstrapServers, Map<String, String> security) {
  public KafkaConnection {
    bootstrapServers = List.copyOf(bootstrapServers);
    security = Map.copyOf(security);
  }

  /** To the embedded one. */
  public static KafkaConnection to(KafkaAddress address) {
    return new KafkaConnection(List.of(address.bootstrapServers()), address.clientProperties());
  }

  /**
   * To the cluster that the configuration names. Blocks on its files.
   *
   * @throws IOException when a file cannot be read
   */
  public static KafkaConnection to(KafkaConfig config) throws IOException {
    Map<String, String> security = new HashMap<>();
    security.put("security.protocol", protocol(config));
    if (config.tls().isPresent()) {
      addTls(security, config.tls().get());
    }
    config.sasl().ifPresent(sasl -> addSasl(security, sasl));
    return new KafkaConnection(config.bootstrapServers(), security);
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return String.join(",", bootstrapServers);
  }

  private static String protocol(KafkaConfig config) {
    String transport = config.tls().isPresent() ? "SSL" : "PLAINTEXT";
    return config.sasl().isPresent() ? "SASL_" + transport : transport;
  }

  private static void addTls(Map<String, String> security, Tls tls) throws IOException {
    if (tls.authority().isPresent()) {
      security.put("ssl.truststore.type", "PEM");
      security.put("ssl.truststore.certificates", Files.readString(tls.authority().get()));
    }
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      security.put("ssl.keystore.type", "PEM");
      security.put("ssl.keystore.certificate.chain", Files.readString(tls.certificate().get()));
      security.put("ssl.keystore.key", Files.readString(tls.key().get()));
    }
  }

  private static void addSasl(Map<String, String> security, Sasl sasl) {
    String module =
        sasl.mechanism() == Sasl.Mechanism.PLAIN
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    security.put("sasl.mechanism", sasl.mechanism().wireName());
    security.put(
        "sasl.jaas.config",
        module
            + " required username="
            + quoted(sasl.user())
            + " password="
            + quoted(sasl.password().reveal())
            + ";");
  }

  /** As JAAS files quote. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}

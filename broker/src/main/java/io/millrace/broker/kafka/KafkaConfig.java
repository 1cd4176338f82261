package io.millrace.broker.kafka;

import io.millrace.config.ConfigSection;
import io.millrace.config.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Section {@code broker.kafka}.
 *
 * @param bootstrapServers {@code host:port} of some brokers of a cluster; none: the embedded one
 * @param topicPrefix before the name of each Kafka topic, so that a cluster can be shared
 * @param tls to the cluster
 * @param sasl who this program is to the cluster
 * @param pendingBytes what may wait for the log's acknowledgement, in bytes
 * @param historyReaders how many reads of history run at once
 */
public record KafkaConfig(
    List<String> bootstrapServers,
    String topicPrefix,
    Optional<Tls> tls,
    Optional<Sasl> sasl,
    long pendingBytes,
    int historyReaders) {
  /** So that some messages of the greatest size fit, in bytes. */
  static final long LEAST_PENDING_BYTES = 16L << 20;

  private static final long MOST_PENDING_BYTES = 4L << 30;
  private static final Pattern ADDRESS = Pattern.compile(".+:(\\d{1,5})");
  private static final int MOST_PORT = 65_535;

  public KafkaConfig {
    bootstrapServers = List.copyOf(bootstrapServers);
  }

  /**
   * PEM files.
   *
   * @param authority whose certificates the brokers have; those that the JDK trusts by default
   * @param certificate this program's, with its chain, where the brokers ask for one
   * @param key of the certificate, PKCS #8
   */
  public record Tls(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {}

  /** A user's name and password. */
  public record Sasl(Mechanism mechanism, String user, Secret password) {
    /** How the password is shown to be known. */
    public enum Mechanism {
      PLAIN,
      SCRAM_SHA_256,
      SCRAM_SHA_512;

      /** As it is registered with IANA, and as Kafka spells it. */
      String wireName() {
        return name().replace('_', '-');
      }
    }
  }

  /** Whether no cluster is named, so that this program runs one of its own. */
  public boolean isEmbedded() {
    return bootstrapServers.isEmpty();
  }

  /** Reads the section {@code broker.kafka}. */
  public static KafkaConfig read(ConfigSection section) {
    List<String> servers = section.strings("bootstrapServers", List.of());
    for (String server : servers) {
      if (!isAddress(server)) {
        section.problem(
            "bootstrapServers",
            "'"
                + server
                + "' must be host:port with a port from 1 to 65535, several separated by commas;"
                + " write for example kafka-1.example.com:9092");
      }
    }
    String prefix = section.string("topicPrefix", "");
    if (!prefix.matches("[A-Za-z0-9._-]{0,100}")) {
      section.problem("topicPrefix", "may hold letters, digits, '.', '_' and '-', at most 100");
    }
    Optional<Tls> tls = tls(section.section("tls"));
    Optional<Sasl> sasl = sasl(section.section("sasl"));
    if (servers.isEmpty() && (tls.isPresent() || sasl.isPresent())) {
      section.problem("bootstrapServers", "is missing; tls and sasl are for a cluster named there");
    }
    return new KafkaConfig(
        servers,
        prefix,
        tls,
        sasl,
        section.heap("pendingBytes", 64 << 20, LEAST_PENDING_BYTES, MOST_PENDING_BYTES),
        section.integer("historyReaders", 4, 1, 32));
  }

  private static boolean isAddress(String server) {
    Matcher matcher = ADDRESS.matcher(server);
    if (!matcher.matches()) {
      return false;
    }
    int port = Integer.parseInt(matcher.group(1));
    return port >= 1 && port <= MOST_PORT;
  }

  private static Optional<Tls> tls(ConfigSection section) {
    boolean enabled = section.bool("enabled", false);
    Tls tls = new Tls(section.path("authority"), section.path("certificate"), section.path("key"));
    if (tls.certificate.isPresent() != tls.key.isPresent()) {
      section.problem("certificate", "and tls.key belong together; set both or neither");
    }
    if (!enabled && (tls.authority.isPresent() || tls.certificate.isPresent())) {
      section.problem("enabled", "is false, so the other keys of tls would not be used");
    }
    return enabled ? Optional.of(tls) : Optional.empty();
  }

  private static Optional<Sasl> sasl(ConfigSection section) {
    Sasl.Mechanism mechanism = section.choice("mechanism", Sasl.Mechanism.SCRAM_SHA_512);
    Optional<String> user = section.optional("user");
    Optional<Secret> password = section.secret("password");
    if (user.isPresent() != password.isPresent()) {
      section.problem("user", "and sasl.password belong together; set both or neither");
    }
    return user.flatMap(name -> password.map(secret -> new Sasl(mechanism, name, secret)));
  }
}

package io.millrace.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.ToIntFunction;

/**
 * Kafka's own configuration: one node that is broker and controller, small, quiet when idle, and
 * with every listener behind a password, for any program of this machine can reach loopback.
 */
final class BrokerProperties {
  static final String INTERNAL = "INTERNAL";
  static final String CONTROLLER = "CONTROLLER";
  static final String OUTSIDE = "OUTSIDE";
  static final int NODE_ID = 1;

  private static final int LARGEST_REQUEST = 16 << 20;

  private static final Map<String, String> ONE_NODE =
      Map.ofEntries(
          Map.entry("process.roles", "broker,controller"),
          Map.entry("node.id", String.valueOf(NODE_ID)),
          Map.entry("controller.listener.names", CONTROLLER),
          Map.entry("inter.broker.listener.name", INTERNAL),
          Map.entry("sasl.enabled.mechanisms", "PLAIN"),
          Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
          Map.entry("sasl.mechanism.controller.protocol", "PLAIN"),
          Map.entry("auto.create.topics.enable", "false"),
          Map.entry("default.replication.factor", "1"),
          Map.entry("min.insync.replicas", "1"),
          Map.entry("offsets.topic.replication.factor", "1"),
          Map.entry("offsets.topic.num.partitions", "4"),
          Map.entry("transaction.state.log.replication.factor", "1"),
          Map.entry("transaction.state.log.min.isr", "1"),
          Map.entry("transaction.state.log.num.partitions", "4"),
          Map.entry("share.coordinator.state.topic.replication.factor", "1"),
          Map.entry("share.coordinator.state.topic.min.isr", "1"),
          Map.entry("share.coordinator.state.topic.num.partitions", "1"),
          Map.entry("group.initial.rebalance.delay.ms", "0"));

  private static final Map<String, String> SMALL =
      Map.ofEntries(
          Map.entry("num.network.threads", "2"),
          Map.entry("num.io.threads", "2"),
          Map.entry("background.threads", "2"),
          Map.entry("num.recovery.threads.per.data.dir", "1"),
          // By default it takes 128 MB of the heap.
          Map.entry("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20)),
          Map.entry("log.cleaner.io.buffer.size", String.valueOf(128 << 10)),
          // Requests that are being read together take no more of the heap than this.
          Map.entry("socket.request.max.bytes", String.valueOf(LARGEST_REQUEST)),
          Map.entry("queued.max.request.bytes", String.valueOf(2 * LARGEST_REQUEST)),
          // The kernel sizes them by need.
          Map.entry("socket.send.buffer.bytes", "-1"),
          Map.entry("socket.receive.buffer.bytes", "-1"));

  private static final Map<String, String> QUIET =
      Map.ofEntries(
          // A record for the followers' clocks twice a second, with an fsync; there are none.
          Map.entry("metadata.max.idle.interval.ms", "0"),
          // As long as the controller believes in a broker that was killed, the next is not let in.
          Map.entry("broker.heartbeat.interval.ms", "400"),
          Map.entry("broker.session.timeout.ms", "1500"),
          Map.entry("controller.quorum.fetch.timeout.ms", "60000"));

  private BrokerProperties() {}

  /**
   * @param ports where each listener is bound
   */
  static Properties of(KafkaSettings settings, ToIntFunction<String> ports) throws KafkaFailure {
    Properties properties = new Properties();
    properties.putAll(ONE_NODE);
    properties.putAll(SMALL);
    properties.putAll(QUIET);
    properties.put("log.dirs", settings.directory().toString());
    String controller = "127.0.0.1:" + ports.applyAsInt(CONTROLLER);
    String internal = INTERNAL + "://127.0.0.1:" + ports.applyAsInt(INTERNAL);
    properties.put("controller.quorum.voters", NODE_ID + "@" + controller);
    properties.put("listeners", internal + "," + CONTROLLER + "://" + controller);
    properties.put("advertised.listeners", internal);
    properties.put(
        "listener.security.protocol.map",
        "%s:SASL_PLAINTEXT,%s:SASL_PLAINTEXT,%s:SASL_SSL".formatted(INTERNAL, CONTROLLER, OUTSIDE));
    String login =
        login(Optional.of(settings.user()), Map.of(settings.user(), settings.password()));
    properties.put("listener.name.internal.plain.sasl.jaas.config", login);
    properties.put("listener.name.controller.plain.sasl.jaas.config", login);
    if (settings.outside().isPresent()) {
      addOutside(properties, settings.outside().get(), ports);
    }
    return properties;
  }

  private static void addOutside(
      Properties properties, OutsideListener outside, ToIntFunction<String> ports)
      throws KafkaFailure {
    int port = ports.applyAsInt(OUTSIDE);
    properties.merge(
        "listeners", OUTSIDE + "://" + outside.host() + ":" + port, (a, b) -> a + "," + b);
    properties.merge(
        "advertised.listeners",
        OUTSIDE + "://" + outside.advertised() + ":" + port,
        (a, b) -> a + "," + b);
    properties.put(
        "listener.name.outside.plain.sasl.jaas.config", login(Optional.empty(), outside.users()));
    properties.put("listener.name.outside.ssl.keystore.type", "PEM");
    try {
      properties.put(
          "listener.name.outside.ssl.keystore.certificate.chain",
          Files.readString(outside.certificates(), StandardCharsets.US_ASCII));
      properties.put(
          "listener.name.outside.ssl.keystore.key",
          Files.readString(outside.key(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new KafkaFailure(
          ExitStatus.SETTINGS, "the outside listener's certificate cannot be read: " + e, e);
    }
  }

  /**
   * @param own as whom the node itself signs in
   * @param users who may sign in, with their passwords
   */
  private static String login(Optional<String> own, Map<String, String> users) {
    StringBuilder login =
        new StringBuilder("org.apache.kafka.common.security.plain.PlainLoginModule required");
    own.ifPresent(
        user ->
            login.append(
                " username=\"%s\" password=\"%s\"".formatted(user, users.getOrDefault(user, ""))));
    users.forEach((user, password) -> login.append(" user_%s=\"%s\"".formatted(user, password)));
    return login.append(';').toString();
  }
}

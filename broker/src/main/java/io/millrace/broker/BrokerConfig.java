package io.millrace.broker;

import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.broker.kafka.KafkaListener;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.last.RetainedTopics;
import io.millrace.config.ConfigSection;
import io.millrace.http.CertificateFiles;
import io.millrace.http.WantedPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Section {@code broker}.
 *
 * @param kafka the log behind the topics
 * @param kafkaListener where the embedded Kafka is open to Kafka's own clients; empty for nowhere
 * @param index where each topic's messages are
 * @param doors the front doors
 * @param mqtt the one for MQTT
 * @param namespaces that have to be there
 * @param ringBytes {@code broker.memory}, how much of the newest messages of all partitions is kept
 *     in memory
 * @param companions {@code broker.retained} and {@code broker.lastValues}, how much is known of
 *     each namespace besides its log
 */
public record BrokerConfig(
    KafkaConfig kafka,
    Optional<KafkaListener> kafkaListener,
    IndexConfig index,
    DoorConfig doors,
    MqttConfig mqtt,
    DeclaredNamespaces namespaces,
    long ringBytes,
    CompanionBounds companions) {
  private static final long DEFAULT_RING = 64L << 20;
  private static final long LEAST_RING = 1L << 20;
  private static final long MOST_MEMORY = 1L << 40;

  /** Two segments of a companion: less says nothing about what compaction leaves. */
  private static final long LEAST_LAST_VALUES = 32L << 20;

  private static final long MOST_LAST_VALUES = 100L << 40;
  private static final long LEAST_RETAINED = 1L << 10;

  private static final int MOST_RETAINED_TOPICS = 10_000_000;

  /** Reads the section {@code broker} of the root. */
  public static BrokerConfig read(ConfigSection root) {
    ConfigSection broker = root.section("broker");
    KafkaConfig kafka = KafkaConfig.read(broker.section("kafka"));
    return new BrokerConfig(
        kafka,
        KafkaListener.read(broker.section("kafka").section("listener"), kafka.isEmbedded()),
        IndexConfig.read(broker.section("index")),
        DoorConfig.read(broker),
        MqttConfig.read(broker.section("mqtt")),
        DeclaredNamespaces.read(broker),
        broker.heap("memory", DEFAULT_RING, LEAST_RING, MOST_MEMORY),
        new CompanionBounds(
            retained(broker.section("retained")), lastValues(broker.section("lastValues"))));
  }

  /**
   * The TCP ports of its own that it listens on.
   *
   * @param hasDefaultCertificate whether there is one where MQTT has none
   */
  public List<WantedPort> ports(boolean hasDefaultCertificate) {
    List<WantedPort> ports = new ArrayList<>(mqtt.ports(hasDefaultCertificate));
    kafkaListener.ifPresent(
        its -> ports.add(new WantedPort("broker.kafka.listener.port", its.host(), its.port())));
    return ports;
  }

  /** Whether Kafka's listener has no certificate of its own. */
  public boolean kafkaListenerNeedsCertificate() {
    return kafkaListener.filter(its -> its.certificate().isEmpty()).isPresent();
  }

  private static long lastValues(ConfigSection section) {
    return section.bytes(
        "disk", CompanionBounds.DEFAULT.lastValueBytes(), LEAST_LAST_VALUES, MOST_LAST_VALUES);
  }

  private static RetainedTopics.Bounds retained(ConfigSection section) {
    return new RetainedTopics.Bounds(
        section.integer(
            "maxTopics", RetainedTopics.Bounds.DEFAULT.topics(), 0, MOST_RETAINED_TOPICS),
        section.heap("memory", RetainedTopics.Bounds.DEFAULT.bytes(), LEAST_RETAINED, MOST_MEMORY));
  }

  /** The same with the public listener's certificate where MQTT or Kafka's listener has none. */
  public BrokerConfig withDefaultCertificate(Optional<CertificateFiles> certificate) {
    return new BrokerConfig(
        kafka,
        kafkaListener.map(its -> its.withDefaultCertificate(certificate)),
        index,
        doors,
        mqtt.withDefaultCertificate(certificate),
        namespaces,
        ringBytes,
        companions);
  }
}

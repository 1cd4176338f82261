package io.millrace.broker;

import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.broker.kafka.KafkaListener;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.last.RetainedTopics;
import io.millrace.config.ConfigSection;
import io.millrace.http.CertificateFiles;
import java.util.Optional;
import java.util.OptionalInt;

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

  /** Two segments of a companion: less says nothing about what compaction leaves. */
  private static final long LEAST_LAST_VALUES = 32L << 20;

  private static final int MOST_RETAINED_TOPICS = 10_000_000;

  /** Reads the section {@code broker} of the root. */
  public static BrokerConfig read(ConfigSection root) {
    ConfigSection broker = root.section("broker");
    long ring = broker.bytes("memory", DEFAULT_RING);
    if (ring < LEAST_RING) {
      broker.problem("memory", "must be at least 1MiB");
    }
    KafkaConfig kafka = KafkaConfig.read(broker.section("kafka"));
    return new BrokerConfig(
        kafka,
        KafkaListener.read(broker.section("kafka").section("listener"), kafka.isEmbedded()),
        IndexConfig.read(broker.section("index")),
        DoorConfig.read(broker),
        MqttConfig.read(broker.section("mqtt")),
        DeclaredNamespaces.read(broker),
        ring,
        new CompanionBounds(
            retained(broker.section("retained")), lastValues(broker.section("lastValues"))));
  }

  /** Of the listener for Kafka's own clients; empty where there is none. */
  public OptionalInt kafkaPort() {
    return kafkaListener.stream().mapToInt(KafkaListener::port).findFirst();
  }

  private static long lastValues(ConfigSection section) {
    long bytes = section.bytes("disk", CompanionBounds.DEFAULT.lastValueBytes());
    if (bytes < LEAST_LAST_VALUES) {
      section.problem("disk", "must be at least 32MiB");
    }
    return bytes;
  }

  private static RetainedTopics.Bounds retained(ConfigSection section) {
    long bytes = section.bytes("memory", RetainedTopics.Bounds.DEFAULT.bytes());
    if (bytes < 1) {
      section.problem("memory", "must be at least 1B");
    }
    return new RetainedTopics.Bounds(
        section.integer(
            "maxTopics", RetainedTopics.Bounds.DEFAULT.topics(), 0, MOST_RETAINED_TOPICS),
        bytes);
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

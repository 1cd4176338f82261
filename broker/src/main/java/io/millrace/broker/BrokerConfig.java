package io.millrace.broker;

import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.config.ConfigSection;

/**
 * Section {@code broker}.
 *
 * @param kafka the log behind the topics
 * @param index where each topic's messages are
 * @param doors the front doors
 * @param ringBytes {@code broker.memory}, how much of each partition's newest messages is kept in
 *     memory
 */
public record BrokerConfig(KafkaConfig kafka, IndexConfig index, DoorConfig doors, long ringBytes) {
  private static final long DEFAULT_RING = 8L << 20;
  private static final long LEAST_RING = 64L << 10;

  /** Reads the section {@code broker} of the root. */
  public static BrokerConfig read(ConfigSection root) {
    ConfigSection broker = root.section("broker");
    long ring = broker.bytes("memory", DEFAULT_RING);
    if (ring < LEAST_RING) {
      broker.problem("memory", "must be at least 64KiB");
    }
    return new BrokerConfig(
        KafkaConfig.read(broker.section("kafka")),
        IndexConfig.read(broker.section("index")),
        DoorConfig.read(broker),
        ring);
  }
}

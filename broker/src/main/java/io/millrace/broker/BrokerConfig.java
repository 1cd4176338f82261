package io.millrace.broker;

import io.millrace.broker.kafka.KafkaConfig;
import io.millrace.config.ConfigSection;

/**
 * Section {@code broker}.
 *
 * @param kafka the log behind the topics
 */
public record BrokerConfig(KafkaConfig kafka) {
  /** Reads the section {@code broker} of the root. */
  public static BrokerConfig read(ConfigSection root) {
    return new BrokerConfig(KafkaConfig.read(root.section("broker").section("kafka")));
  }
}

package io.millrace.broker.kafka;

import io.millrace.broker.log.PartitionRef;
import org.apache.kafka.common.TopicPartition;

/**
 * What the Kafka topics are called. A namespace's name holds no dot, so none is taken for another.
 *
 * @param prefix of each
 */
record KafkaTopics(String prefix) {
  private static final String LAST = ".last";
  private static final String GENERATION = ".g";

  /** The list of all namespaces. */
  String namespaces() {
    return table("namespaces");
  }

  /** A table of the platform's own. */
  String table(String name) {
    return prefix + "millrace." + name;
  }

  /** One generation of a namespace's messages. */
  String messages(String namespace, int generation) {
    return prefix + namespace + (generation == 1 ? "" : GENERATION + generation);
  }

  /** The last value of each topic of a namespace. */
  String last(String namespace) {
    return prefix + namespace + LAST;
  }

  /** Whether a topic is one of a namespace's. */
  boolean isOf(String namespace, String topic) {
    String first = messages(namespace, 1);
    return topic.equals(first)
        || topic.equals(last(namespace))
        || (topic.startsWith(first + GENERATION)
            && topic.substring(first.length() + GENERATION.length()).matches("\\d+"));
  }

  /** Whether this is what {@link #last} calls a topic. */
  static boolean isLast(String topic) {
    return topic.endsWith(LAST);
  }

  TopicPartition partition(PartitionRef ref) {
    return new TopicPartition(
        ref.isOfCompanion() ? last(ref.namespace()) : messages(ref.namespace(), ref.generation()),
        ref.partition());
  }
}

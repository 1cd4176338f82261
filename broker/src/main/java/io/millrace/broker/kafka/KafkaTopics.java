package io.millrace.broker.kafka;

import io.millrace.broker.log.PartitionRef;
import org.apache.kafka.common.TopicPartition;

/**
 * What the Kafka topics are called. A namespace's name holds no dot, so none is taken for another.
 *
 * @param prefix of each
 */
record KafkaTopics(String prefix) {
  /** The list of all namespaces. */
  String namespaces() {
    return prefix + "millrace.namespaces";
  }

  /** One generation of a namespace's messages. */
  String messages(String namespace, int generation) {
    return prefix + namespace + (generation == 1 ? "" : ".g" + generation);
  }

  /** The last value of each topic of a namespace. */
  String last(String namespace) {
    return prefix + namespace + ".last";
  }

  TopicPartition partition(PartitionRef ref) {
    return new TopicPartition(messages(ref.namespace(), ref.generation()), ref.partition());
  }
}

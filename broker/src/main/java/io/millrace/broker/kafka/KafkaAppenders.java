package io.millrace.broker.kafka;

import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A node's appenders, one for each Kafka topic and the settings that it has. Thread-safe. */
final class KafkaAppenders {
  private final NodeProducers producers;
  private final Admin admin;
  private final KafkaLogMetrics metrics;
  private final BiConsumer<String, Durability> found;
  private final Map<String, KafkaAppender> byTopic = new ConcurrentHashMap<>();

  /**
   * @param found hears, on any thread, of a topic that takes nothing though it is there, since its
   *     producer does not know it
   */
  KafkaAppenders(
      NodeProducers producers,
      Admin admin,
      KafkaLogMetrics metrics,
      BiConsumer<String, Durability> found) {
    this.producers = producers;
    this.admin = admin;
    this.metrics = metrics;
    this.found = found;
  }

  KafkaAppender of(String topic, Namespace settings) {
    return byTopic.compute(
        topic,
        (key, made) ->
            made != null && made.namespace().equals(settings) ? made : make(topic, settings));
  }

  /** One that was deleted and has come back is appended to anew. */
  void forgetIfGone(String topic) {
    byTopic.computeIfPresent(topic, (key, made) -> made.isGone() ? null : made);
  }

  /** A namespace is being deleted. */
  void gone(String namespace) {
    byTopic.values().stream()
        .filter(appender -> appender.namespace().name().equals(namespace))
        .forEach(KafkaAppender::gone);
  }

  private KafkaAppender make(String topic, Namespace settings) {
    return new KafkaAppender(
        settings,
        topic,
        producers.of(settings.durability()),
        producers.pending(settings.durability()),
        metrics,
        appender -> verify(topic, appender),
        System::nanoTime);
  }

  /** Finds out whether a topic that takes nothing is there at all. */
  private void verify(String topic, KafkaAppender appender) {
    admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .toCompletionStage()
        .whenComplete(
            (described, error) -> {
              Durability durability = appender.namespace().durability();
              boolean isMissing =
                  error != null
                      && KafkaFailures.cause(error) instanceof UnknownTopicOrPartitionException;
              if (error == null && !producers.knows(topic, durability)) {
                found.accept(topic, durability);
              }
              appender.verified(
                  error == null || isMissing ? Optional.of(!isMissing) : Optional.empty());
            });
  }
}

package io.millrace.broker.kafka;

import io.millrace.broker.log.TopicLog.Bounds;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Where partitions begin and end, as those who read committed see them. Stages complete on the
 * admin client's thread.
 */
final class LogOffsets {
  private final Admin admin;

  LogOffsets(Admin admin) {
    this.admin = admin;
  }

  CompletionStage<Bounds> bounds(TopicPartition partition) {
    return ask(partition, OffsetSpec.earliest())
        .thenCombine(end(partition), (start, end) -> new Bounds(start.offset(), end));
  }

  CompletionStage<Long> end(TopicPartition partition) {
    return ask(partition, OffsetSpec.latest()).thenApply(ListOffsetsResultInfo::offset);
  }

  /** The first offset that is not older, or the end. */
  CompletionStage<Long> at(TopicPartition partition, long timeMillis) {
    return ask(partition, OffsetSpec.forTimestamp(Math.max(0, timeMillis)))
        .thenCombine(
            end(partition),
            (found, end) -> found.offset() < 0 ? end : Math.min(found.offset(), end));
  }

  /** How many partitions a topic has; 0 where there is no such topic. */
  CompletionStage<Integer> partitions(String topic) {
    return admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .toCompletionStage()
        .handle(
            (topics, error) -> {
              if (error == null) {
                TopicDescription found = topics.get(topic);
                return found == null ? 0 : found.partitions().size();
              }
              if (KafkaFailures.cause(error) instanceof UnknownTopicOrPartitionException) {
                return 0;
              }
              throw KafkaFailures.translate(error);
            });
  }

  /** What the leader's replica takes of its disk, in bytes; 0 where nobody says so. */
  CompletionStage<Long> size(TopicPartition partition) {
    return admin
        .describeTopics(List.of(partition.topic()))
        .allTopicNames()
        .toCompletionStage()
        .thenCompose(
            topics ->
                topics.values().stream()
                    .map(topic -> topic.partitions().get(partition.partition()).leader())
                    .filter(leader -> leader != null && !leader.isEmpty())
                    .findFirst()
                    .map(leader -> size(partition, leader.id()))
                    .orElseGet(() -> CompletableFuture.completedFuture(0L)));
  }

  private CompletionStage<Long> size(TopicPartition partition, int broker) {
    return admin
        .describeLogDirs(List.of(broker))
        .allDescriptions()
        .toCompletionStage()
        .thenApply(
            brokers ->
                brokers.values().stream()
                    .flatMap(directories -> directories.values().stream())
                    .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                    .filter(one -> one.getKey().equals(partition) && !one.getValue().isFuture())
                    .mapToLong(one -> one.getValue().size())
                    .sum());
  }

  private CompletionStage<ListOffsetsResultInfo> ask(TopicPartition partition, OffsetSpec spec) {
    return admin
        .listOffsets(Map.of(partition, spec), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .partitionResult(partition)
        .toCompletionStage();
  }
}

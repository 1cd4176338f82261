package io.millrace.broker.kafka;

import io.millrace.broker.log.TopicLog.Bounds;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

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

  private CompletionStage<ListOffsetsResultInfo> ask(TopicPartition partition, OffsetSpec spec) {
    return admin
        .listOffsets(Map.of(partition, spec), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .partitionResult(partition)
        .toCompletionStage();
  }
}

package io.millrace.broker.kafka;

import io.millrace.broker.log.HistoryReader.Slice;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.message.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads slices with one consumer, one after the other. Partitions that have been read stay assigned
 * and paused, so that the consumer keeps knowing who leads them and a read is one request. For one
 * thread.
 */
final class SliceReader implements AutoCloseable {
  // The first wait is for what lies there; a log's end is found out when it has passed.
  private static final Duration FIRST_WAIT = Duration.ofMillis(5);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  private final Consumer<byte[], byte[]> consumer;
  private final int mostPartitions;
  private final boolean exact;
  private final KafkaLogMetrics metrics;
  private final LinkedHashMap<TopicPartition, Boolean> assigned =
      new LinkedHashMap<>(16, 0.75f, true);
  private final Map<TopicPartition, Long> positions = new HashMap<>();

  /**
   * @param mostPartitions that stay assigned
   * @param exact whether a slice ends where it is long enough, or where the consumer's batch does
   */
  SliceReader(
      Consumer<byte[], byte[]> consumer,
      int mostPartitions,
      boolean exact,
      KafkaLogMetrics metrics) {
    this.consumer = consumer;
    this.mostPartitions = mostPartitions;
    this.exact = exact;
    this.metrics = metrics;
  }

  /**
   * Reads one slice, see {@link io.millrace.broker.log.HistoryReader#read}. Blocks. That an offset
   * is out of range may be said late: of another partition that was read before, or of this one
   * when it was shorter.
   *
   * @param turn how long it is tried while nothing comes
   * @return null where nothing has come: what others wait for may come meanwhile
   * @throws LogException when there is no answer in time
   * @throws org.apache.kafka.common.KafkaException as the consumer does
   */
  @Nullable Slice read(
      TopicPartition partition, long from, long before, int maxBytes, Duration turn) {
    long begun = System.nanoTime();
    long deadline = begun + ClientProperties.CALL_TIMEOUT.toNanos();
    focus(partition, from);
    try {
      long at = from;
      while (true) {
        try {
          return slice(partition, at, before, maxBytes, deadline, begun + turn.toNanos());
        } catch (OffsetOutOfRangeException e) {
          e.offsetOutOfRangePartitions().keySet().forEach(positions::remove);
          at = Math.max(from, start(partition));
          if (at >= end(partition)) {
            return new Slice(List.of(), at, at);
          }
          checkTime(deadline);
          seek(partition, at);
        }
      }
    } finally {
      consumer.pause(List.of(partition));
    }
  }

  /** Without waiting for anybody. */
  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }

  private void focus(TopicPartition partition, long from) {
    if (assigned.get(partition) == null) {
      if (assigned.size() >= mostPartitions) {
        Iterator<TopicPartition> eldest = assigned.keySet().iterator();
        positions.remove(eldest.next());
        eldest.remove();
      }
      assigned.put(partition, true);
      consumer.assign(assigned.keySet());
    } else {
      consumer.resume(List.of(partition));
    }
    Long position = positions.get(partition);
    if (position == null || position != from) {
      seek(partition, from);
    }
  }

  private void seek(TopicPartition partition, long offset) {
    consumer.seek(partition, offset);
    positions.put(partition, offset);
  }

  private @Nullable Slice slice(
      TopicPartition partition, long from, long before, int maxBytes, long deadline, long turn) {
    Duration wait = FIRST_WAIT;
    List<Message> messages = new ArrayList<>();
    int bytes = 0;
    while (true) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
      positions.put(partition, consumer.position(partition));
      for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
        if (exact && (bytes >= maxBytes || record.offset() >= before)) {
          return slice(messages, from, record.offset());
        }
        Message message = RecordCodec.decode(record);
        if (message == null) {
          metrics.skipped();
        } else {
          messages.add(message);
          bytes += message.path().length() + message.headers().sizeInBytes();
          bytes += message.payload().length;
        }
      }
      long next = positions.getOrDefault(partition, from);
      boolean isLong = bytes >= maxBytes || next >= before;
      if (isLong || (records.isEmpty() && (next > from || isAtTheEnd(partition, next, turn)))) {
        return slice(messages, from, next);
      }
      if (next == from && System.nanoTime() - turn >= 0) {
        return null;
      }
      checkTime(deadline);
      // What the last fetch brought is handed out without another wait.
      wait = records.isEmpty() ? longer(wait) : Duration.ZERO;
    }
  }

  private static void checkTime(long deadline) {
    if (System.nanoTime() > deadline) {
      throw new LogException(Reason.UNAVAILABLE, "the log does not answer in time");
    }
  }

  private static Duration longer(Duration wait) {
    Duration twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }

  private long start(TopicPartition partition) {
    return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  private long end(TopicPartition partition) {
    return consumer.endOffsets(List.of(partition)).getOrDefault(partition, Long.MAX_VALUE);
  }

  /** Whether the log has nothing more, as far as that is said before a time. */
  private boolean isAtTheEnd(TopicPartition partition, long next, long turn) {
    Duration left = Duration.ofNanos(Math.max(0, turn - System.nanoTime()));
    try {
      return next
          >= consumer.endOffsets(List.of(partition), left).getOrDefault(partition, Long.MAX_VALUE);
    } catch (TimeoutException e) {
      // Nobody leads it, or the cluster is slow.
      return false;
    }
  }

  private static Slice slice(List<Message> messages, long from, long next) {
    return new Slice(Collections.unmodifiableList(messages), from, next);
  }
}

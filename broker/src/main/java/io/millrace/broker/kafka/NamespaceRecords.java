package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of all namespaces, in a compacted topic of one partition, so that every node and every
 * cluster carries the same one. Blocks; for one thread.
 */
final class NamespaceRecords implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(NamespaceRecords.class);
  private static final Duration POLL = Duration.ofMillis(20);

  /**
   * A record of the list.
   *
   * @param record null where it takes the namespace off the list, or makes no sense
   */
  record Written(long offset, String name, @Nullable NamespaceRecord record) {}

  private final TopicPartition partition;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ForgettingProducer producer;
  private final Map<String, NamespaceRecord> records = new TreeMap<>();

  /** What has come since a change began, and what of it is this node's own. */
  private final List<Written> seen = new ArrayList<>();

  private final Set<Long> own = new TreeSet<>();

  /** The topic is there already. */
  NamespaceRecords(
      String topic, KafkaConsumer<byte[], byte[]> consumer, ForgettingProducer producer) {
    this.partition = new TopicPartition(topic, 0);
    this.consumer = consumer;
    this.producer = producer;
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** Reads on to the end of the list; by name. */
  Map<String, NamespaceRecord> read() {
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    long deadline = System.nanoTime() + ClientProperties.CALL_TIMEOUT.toNanos();
    while (consumer.position(partition) < end) {
      consumer.poll(POLL).records(partition).forEach(this::take);
      if (System.nanoTime() > deadline) {
        throw new LogException(Reason.UNAVAILABLE, "the list of namespaces cannot be read now");
      }
    }
    return records;
  }

  /** As {@link #read}, at the beginning of a change: {@link #others} counts from here. */
  Map<String, NamespaceRecord> begin() {
    read();
    seen.clear();
    own.clear();
    return records;
  }

  /** What other nodes have written of a namespace since the change began, up to now; in order. */
  List<Written> others(String name) {
    read();
    return seen.stream()
        .filter(one -> one.name().equals(name) && !own.contains(one.offset()))
        .toList();
  }

  /** Whether this node has written before any of these since the change began. */
  boolean isBefore(List<Written> others) {
    return others.isEmpty()
        || (!own.isEmpty() && own.iterator().next() < others.getFirst().offset());
  }

  /** Returns when the record is as safe as the cluster makes it. */
  void write(NamespaceRecord record) throws InterruptedException, ExecutionException {
    send(record.namespace().name(), record.encode());
  }

  void remove(String name) throws InterruptedException, ExecutionException {
    send(name, null);
  }

  @Override
  public void close() {
    consumer.close();
  }

  private void send(String name, byte @Nullable [] value)
      throws InterruptedException, ExecutionException {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    own.add(producer.send(new ProducerRecord<>(partition.topic(), 0, key, value)).get().offset());
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    String name = new String(record.key(), StandardCharsets.UTF_8);
    NamespaceRecord decoded =
        record.value() == null ? null : NamespaceRecord.decode(name, record.value());
    seen.add(new Written(record.offset(), name, decoded));
    if (decoded == null) {
      records.remove(name);
    } else {
      records.put(name, decoded);
    }
    if (decoded == null && record.value() != null) {
      LOGGER
          .atWarn()
          .addKeyValue("namespace", name)
          .addKeyValue("offset", record.offset())
          .log("a record of the list of namespaces is not understood");
    }
  }
}

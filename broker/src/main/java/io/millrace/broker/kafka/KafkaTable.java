package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.Table;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A table on a compacted Kafka topic: a consumer on a thread of its own follows all of it. */
final class KafkaTable implements Table {
  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaTable.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final String topic;
  private final List<TopicPartition> partitions;
  private final Map<String, Object> properties;
  private final ForgettingProducer producer;
  private final PendingBytes pending;
  private final KafkaLogMetrics metrics;
  private final Consumer<KafkaTable> closed;
  private final TableEntries entries;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

  // Only on the table's thread.
  private @Nullable Map<TopicPartition, Long> ends;
  private boolean failing;

  /**
   * @param properties of the consumer
   * @param closed called when it has ended
   */
  KafkaTable(
      Vertx vertx,
      String topic,
      int partitions,
      Map<String, Object> properties,
      ForgettingProducer producer,
      PendingBytes pending,
      KafkaLogMetrics metrics,
      Consumer<KafkaTable> closed) {
    this.vertx = vertx;
    this.topic = topic;
    this.partitions =
        IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
    this.properties = properties;
    this.producer = producer;
    this.pending = pending;
    this.metrics = metrics;
    this.closed = closed;
    this.entries = new TableEntries(partitions);
    this.thread = Thread.ofPlatform().daemon().name("kafka-table").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Completes when what was in the log at the start has been read, on the table's thread. */
  CompletionStage<Void> loaded() {
    return loaded;
  }

  @Override
  public Optional<byte[]> get(String key) {
    return entries.get(key);
  }

  @Override
  public void forEach(BiConsumer<String, byte[]> entry) {
    entries.forEach(entry);
  }

  @Override
  public void onChange(Consumer<String> changed) {
    listeners.add(changed);
  }

  @Override
  public Future<Void> put(String key, byte[] value) {
    return write(key, value);
  }

  @Override
  public Future<Void> remove(String key) {
    return write(key, null);
  }

  private Future<Void> write(String key, byte @Nullable [] value) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an entry without a key");
    }
    Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    int length = name.length + (value == null ? 0 : value.length);
    int bytes = Table.weight(length);
    LogException refused = refusal(length, value == null ? 0 : bytes);
    refused = refused == null ? pending.add(bytes) : refused;
    if (refused != null) {
      metrics.appendFailed(refused.reason());
      promise.fail(refused);
      return promise.future();
    }
    int partition = Utils.toPositive(Utils.murmur2(name)) % partitions.size();
    producer.send(
        new ProducerRecord<>(topic, partition, name, value),
        new Waiting(key, value, bytes, promise));
    return promise.future();
  }

  private @Nullable LogException refusal(int length, int added) {
    if (closing.getCount() == 0) {
      return new LogException(Reason.UNAVAILABLE, "the table is closed");
    }
    if (length > LONGEST_ENTRY) {
      return new LogException(
          Reason.TOO_LARGE, "the entry has " + length + " bytes, a table takes " + LONGEST_ENTRY);
    }
    return added > 0 && entries.bytes() + added > MOST_BYTES
        ? new LogException(
            Reason.OVERLOADED, "the table " + topic + " is full: " + MOST_BYTES + " bytes")
        : null;
  }

  @Override
  public void close() {
    closing.countDown();
    KafkaConsumer<byte[], byte[]> running = consumer;
    if (running != null) {
      running.wakeup();
    }
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!thread.join(CLOSE)) {
        LOGGER.atWarn().addKeyValue("topic", topic).log("a table does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    try (KafkaConsumer<byte[], byte[]> mine = new KafkaConsumer<>(properties)) {
      consumer = mine;
      mine.assign(partitions);
      mine.seekToBeginning(partitions);
      while (!isClosing()) {
        poll(mine);
      }
    } catch (WakeupException e) {
      LOGGER.atTrace().log("a wakeup was left when the table closed");
    } catch (KafkaException e) {
      LOGGER.atWarn().addKeyValue("topic", topic).setCause(e).log("a table did not close well");
    } catch (InterruptedException e) {
      // Nobody else interrupts this thread; it ends in any case.
      LOGGER.atWarn().addKeyValue("topic", topic).log("a table was interrupted");
    } finally {
      loaded.completeExceptionally(
          new LogException(Reason.UNAVAILABLE, "the table was closed before it was read"));
      closed.accept(this);
    }
  }

  private void poll(KafkaConsumer<byte[], byte[]> mine) throws InterruptedException {
    try {
      if (ends == null) {
        ends = mine.endOffsets(partitions);
      }
      for (ConsumerRecord<byte[], byte[]> record : mine.poll(POLL)) {
        take(record);
      }
      tellWhenLoaded(mine, ends);
      recovered();
    } catch (WakeupException e) {
      LOGGER.atTrace().log("the table closes");
    } catch (OffsetOutOfRangeException e) {
      LOGGER.atWarn().addKeyValue("topic", topic).log("a table's log was cut, it is read again");
      entries.beginAgain();
      mine.seekToBeginning(partitions);
      ends = null;
    } catch (KafkaException e) {
      failed(e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || record.key().length == 0) {
      metrics.skipped();
      return;
    }
    String key = new String(record.key(), StandardCharsets.UTF_8);
    if (entries.read(record.partition(), record.offset(), key, record.value()) && loaded.isDone()) {
      tell(key);
    }
  }

  private void tellWhenLoaded(
      KafkaConsumer<byte[], byte[]> mine, Map<TopicPartition, Long> wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    for (Map.Entry<TopicPartition, Long> end : wanted.entrySet()) {
      if (mine.position(end.getKey()) < end.getValue()) {
        return;
      }
    }
    ends = Map.of();
    entries.loaded().forEach(this::tell);
    loaded.complete(null);
  }

  private void tell(String key) {
    for (Consumer<String> listener : listeners) {
      try {
        listener.accept(key);
      } catch (RuntimeException e) {
        metrics.tailError();
        LOGGER.atError().addKeyValue("topic", topic).setCause(e).log("a change was not taken");
      }
    }
  }

  private void failed(KafkaException error) throws InterruptedException {
    metrics.tailError();
    if (!failing) {
      failing = true;
      LOGGER
          .atWarn()
          .addKeyValue("topic", topic)
          .setCause(error)
          .log("a table cannot be followed for now");
    }
    if (closing.await(AFTER_ERROR.toMillis(), TimeUnit.MILLISECONDS)) {
      LOGGER.atTrace().log("the table closes");
    }
  }

  private void recovered() {
    if (failing) {
      failing = false;
      LOGGER.atInfo().addKeyValue("topic", topic).log("a table is followed again");
    }
  }

  /** One change on its way; called back by the producer's own thread, mostly. */
  private final class Waiting implements Callback {
    private final String key;
    private final byte @Nullable [] value;
    private final int bytes;
    private final Promise<Void> promise;
    private final AtomicBoolean answered = new AtomicBoolean();

    Waiting(String key, byte @Nullable [] value, int bytes, Promise<Void> promise) {
      this.key = key;
      this.value = value;
      this.bytes = bytes;
      this.promise = promise;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (!answered.compareAndSet(false, true)) {
        return;
      }
      pending.remove(bytes);
      if (error == null && metadata != null) {
        entries.acknowledged(metadata.partition(), metadata.offset(), key, value);
        promise.complete();
      } else {
        LogException reason =
            pending.failure(error == null ? new IllegalStateException("no answer") : error);
        metrics.appendFailed(reason.reason());
        promise.fail(reason);
      }
    }
  }
}

package io.millrace.broker.kafka;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.message.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer on a thread of its own. Everything about the consumer happens on that thread; others
 * leave a command in the queue and wake it up:
 *
 * <pre>
 *   follow, leave, close ──commands──> [ commands, poll, listener ]──> messages, jumped, caughtUp
 * </pre>
 *
 * <p>Positions are kept by the consumer, in memory, so a broker that goes and comes back is gone on
 * from where the last batch ended: nothing is lost and nothing comes twice.
 */
final class KafkaTail implements Tail {
  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaTail.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final long UNKNOWN = -1;

  private final KafkaTopics topics;
  private final Map<String, Object> properties;
  private final Function<TopicPartition, CompletionStage<Long>> ends;
  private final TailListener listener;
  private final KafkaLogMetrics metrics;
  private final Consumer<KafkaTail> closed;
  private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
  private final Map<PartitionRef, Followed> wanted = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean closing;

  // Only on the tail's thread.
  private final Map<TopicPartition, Followed> followed = new HashMap<>();
  private boolean failing;

  /**
   * Begins its thread.
   *
   * @param ends the offset at which a partition ends now; asked on the tail's thread
   * @param closed called when it has ended
   */
  KafkaTail(
      KafkaTopics topics,
      Map<String, Object> properties,
      Function<TopicPartition, CompletionStage<Long>> ends,
      TailListener listener,
      KafkaLogMetrics metrics,
      Consumer<KafkaTail> closed) {
    this.topics = topics;
    this.properties = properties;
    this.ends = ends;
    this.listener = listener;
    this.metrics = metrics;
    this.closed = closed;
    this.thread = Thread.ofPlatform().daemon().name("kafka-tail").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void follow(PartitionRef ref, long offset) {
    Followed next = new Followed(ref, topics.partition(ref), offset);
    Followed before = wanted.put(ref, next);
    if (before != null) {
      before.left = true;
    }
    command(() -> begin(next));
  }

  @Override
  public void leave(PartitionRef ref) {
    Followed before = wanted.remove(ref);
    if (before != null) {
      before.left = true;
      command(() -> end(before));
    }
  }

  @Override
  public void close() {
    closing = true;
    command(() -> {});
    if (Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      if (!thread.join(CLOSE)) {
        LOGGER.atWarn().log("a tail of the log does not end, its listener holds it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void command(Runnable command) {
    commands.add(command);
    KafkaConsumer<byte[], byte[]> running = consumer;
    if (running != null) {
      running.wakeup();
    }
  }

  private void run() {
    try {
      KafkaConsumer<byte[], byte[]> mine = open();
      if (mine != null) {
        try (mine) {
          loop(mine);
        }
      }
    } catch (WakeupException e) {
      LOGGER.atTrace().log("a wakeup was left when the tail closed");
    } catch (KafkaException e) {
      LOGGER.atWarn().setCause(e).log("a tail of the log did not close well");
    } catch (InterruptedException e) {
      // Nobody else interrupts this thread; it ends in any case.
      LOGGER.atWarn().log("a tail of the log was interrupted");
    } finally {
      closed.accept(this);
    }
  }

  /** Null when it is closed first. */
  private @Nullable KafkaConsumer<byte[], byte[]> open() throws InterruptedException {
    while (!closing) {
      try {
        KafkaConsumer<byte[], byte[]> mine = new KafkaConsumer<>(properties);
        consumer = mine;
        return mine;
      } catch (KafkaException e) {
        failed(e);
      }
    }
    return null;
  }

  private void loop(KafkaConsumer<byte[], byte[]> mine) throws InterruptedException {
    while (!closing) {
      Runnable command = followed.isEmpty() ? commands.take() : commands.poll();
      if (command == null) {
        poll(mine);
      } else {
        command.run();
      }
    }
  }

  private void poll(KafkaConsumer<byte[], byte[]> mine) throws InterruptedException {
    try {
      tellWhoHasCaughtUp(mine);
      ConsumerRecords<byte[], byte[]> records = mine.poll(POLL);
      for (TopicPartition partition : records.partitions()) {
        Followed one = followed.get(partition);
        if (one != null) {
          deliver(one, records.records(partition));
        }
      }
      tellWhoHasCaughtUp(mine);
      recovered();
    } catch (WakeupException e) {
      LOGGER.atTrace().log("a command waits");
    } catch (OffsetOutOfRangeException e) {
      jump(mine, e);
    } catch (KafkaException e) {
      failed(e);
    }
  }

  private void deliver(Followed one, List<ConsumerRecord<byte[], byte[]>> records) {
    List<Message> messages = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Message message = RecordCodec.decode(record);
      if (message == null) {
        metrics.skipped();
      } else {
        messages.add(message);
      }
    }
    if (!messages.isEmpty()) {
      tell(one, () -> listener.messages(one.ref, Collections.unmodifiableList(messages)));
    }
  }

  private void tellWhoHasCaughtUp(KafkaConsumer<byte[], byte[]> mine) {
    for (Followed one : followed.values()) {
      if (!one.caughtUp) {
        if (one.target == UNKNOWN) {
          askForEnd(one);
        } else if (mine.position(one.partition) >= one.target) {
          one.caughtUp = true;
          tell(one, () -> listener.caughtUp(one.ref));
        }
      }
    }
  }

  /** What a listener throws is its own loss; the others go on. */
  private void tell(Followed one, Runnable call) {
    if (one.left) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException e) {
      metrics.tailError();
      LOGGER
          .atError()
          .addKeyValue("namespace", one.ref.namespace())
          .addKeyValue("partition", one.ref.partition())
          .setCause(e)
          .log("who follows the log has failed on a batch");
    }
  }

  private void jump(KafkaConsumer<byte[], byte[]> mine, OffsetOutOfRangeException thrown)
      throws InterruptedException {
    try {
      Collection<TopicPartition> lost = thrown.offsetOutOfRangePartitions().keySet();
      Map<TopicPartition, Long> starts = mine.beginningOffsets(lost);
      Map<TopicPartition, Long> currentEnds = mine.endOffsets(lost);
      thrown
          .offsetOutOfRangePartitions()
          .forEach(
              (partition, from) -> {
                Followed one = followed.get(partition);
                if (one != null) {
                  long start = starts.getOrDefault(partition, from);
                  long to = from < start ? start : cut(thrown, partition, currentEnds);
                  mine.seek(partition, to);
                  metrics.jumped();
                  tell(one, () -> listener.jumped(one.ref, from, to));
                }
              });
    } catch (WakeupException e) {
      LOGGER.atTrace().log("a command waits; the next poll finds the same");
    } catch (KafkaException e) {
      failed(e);
    }
  }

  /** Where a log that is shorter than it was goes on. */
  private static long cut(
      OffsetOutOfRangeException thrown,
      TopicPartition partition,
      Map<TopicPartition, Long> currentEnds) {
    if (thrown instanceof LogTruncationException truncated) {
      OffsetAndMetadata divergent = truncated.divergentOffsets().get(partition);
      if (divergent != null) {
        return divergent.offset();
      }
    }
    return currentEnds.getOrDefault(partition, 0L);
  }

  private void begin(Followed one) {
    if (one.left) {
      return;
    }
    followed.put(one.partition, one);
    assign();
    KafkaConsumer<byte[], byte[]> mine = consumer;
    if (mine != null) {
      mine.seek(one.partition, one.offset);
    }
    askForEnd(one);
  }

  private void end(Followed one) {
    if (followed.remove(one.partition, one)) {
      assign();
    }
  }

  private void assign() {
    KafkaConsumer<byte[], byte[]> mine = consumer;
    if (mine != null) {
      mine.assign(followed.keySet());
    }
  }

  private void askForEnd(Followed one) {
    if (one.asking) {
      return;
    }
    one.asking = true;
    ends.apply(one.partition)
        .whenComplete(
            (end, error) ->
                command(
                    () -> {
                      one.asking = false;
                      if (error == null) {
                        one.target = end;
                      }
                    }));
  }

  private void failed(KafkaException error) throws InterruptedException {
    metrics.tailError();
    if (!failing) {
      failing = true;
      LOGGER.atWarn().setCause(error).log("the log cannot be followed for now");
    }
    Runnable command = commands.poll(AFTER_ERROR.toMillis(), TimeUnit.MILLISECONDS);
    if (command != null) {
      command.run();
    }
  }

  private void recovered() {
    if (failing) {
      failing = false;
      LOGGER.atInfo().log("the log is followed again");
    }
  }

  /** A partition that somebody wants; all but {@code left} belongs to the tail's thread. */
  private static final class Followed {
    final PartitionRef ref;
    final TopicPartition partition;
    final long offset;
    volatile boolean left;
    long target = UNKNOWN;
    boolean asking;
    boolean caughtUp;

    Followed(PartitionRef ref, TopicPartition partition, long offset) {
      this.ref = ref;
      this.partition = partition;
      this.offset = offset;
    }
  }
}

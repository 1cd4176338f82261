package io.millrace.broker.kafka;

import io.millrace.broker.kafka.ReadQueue.Waiting;
import io.millrace.broker.kafka.ReadQueue.Wish;
import io.millrace.broker.log.HistoryReader;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.log.PartitionRef;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads history with a few threads. Each has two consumers, since what a fetch brings at most is
 * fixed when one is made: a small one for single messages, and a large one for pages.
 */
final class KafkaHistory implements HistoryReader {
  private static final Logger LOGGER = LoggerFactory.getLogger(KafkaHistory.class);

  /**
   * A poll leaves the rest of what was fetched, lest the next read waits for what is read ahead.
   */
  private static final int SHORT_POLL = 16;

  private static final int PAGE = 1 << 20;
  private static final int MOST_WAITING = 10_000;
  // Nothing is waited for: what is read lies there already.
  private static final Duration NO_WAIT = Duration.ofMillis(1);

  /**
   * How long a reader tries for one while nothing comes: a partition without a leader says none.
   */
  private static final Duration TURN = Duration.ofMillis(500);

  private static final long CLOSE_MILLIS = 5_000;

  private final Vertx vertx;
  private final KafkaTopics topics;
  private final ClientProperties clients;
  private final Making making;
  private final KafkaLogMetrics metrics;
  private final ReadQueue queue;
  private final int readers;
  private final List<Thread> threads = new ArrayList<>();

  /** Makes a consumer with these settings. */
  @FunctionalInterface
  interface Making {
    Consumer<byte[], byte[]> with(Map<String, Object> settings);
  }

  KafkaHistory(
      Vertx vertx,
      KafkaTopics topics,
      ClientProperties clients,
      int readers,
      KafkaLogMetrics metrics) {
    this(vertx, topics, clients, KafkaConsumer::new, readers, metrics);
  }

  KafkaHistory(
      Vertx vertx,
      KafkaTopics topics,
      ClientProperties clients,
      Making making,
      int readers,
      KafkaLogMetrics metrics) {
    this.vertx = vertx;
    this.making = making;
    this.topics = topics;
    this.clients = clients;
    this.readers = readers;
    this.metrics = metrics;
    this.queue = new ReadQueue(readers, MOST_WAITING);
  }

  void start() {
    for (int i = 0; i < readers; i++) {
      int reader = i;
      threads.add(Thread.ofPlatform().daemon().name("kafka-history-" + i).start(() -> run(reader)));
    }
  }

  int waiting() {
    return queue.size();
  }

  @Override
  public Future<Slice> read(PartitionRef partition, long from, long before, int maxBytes) {
    Promise<Slice> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    Wish wish = new Wish(topics.partition(partition), Math.max(0, from), before, maxBytes);
    switch (queue.add(wish, isShort(wish), System.nanoTime(), promise)) {
      case QUEUED -> metrics.historyRead("done");
      case SHARED -> metrics.historyRead("shared");
      case FULL -> {
        metrics.historyRead("refused");
        promise.fail(new LogException(Reason.OVERLOADED, "too many reads of history wait already"));
      }
      case CLOSED -> promise.fail(closed());
    }
    return promise.future();
  }

  /** Blocks until the reads that have begun are over, some seconds at most. */
  void close() {
    queue.close().forEach(waiting -> waiting.fail(closed()));
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofMillis(CLOSE_MILLIS))) {
          LOGGER.atWarn().addKeyValue("thread", thread.getName()).log("a read does not end");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(int reader) {
    try (Consumers consumers = new Consumers(reader)) {
      for (Waiting next = queue.take(reader); next != null; next = queue.take(reader)) {
        serve(consumers, next);
      }
    } catch (InterruptedException e) {
      LOGGER.atWarn().addKeyValue("reader", reader).log("a reader of history was interrupted");
    } catch (KafkaException e) {
      LOGGER.atWarn().setCause(e).log("a reader of history did not close well");
    }
  }

  private static boolean isShort(Wish wish) {
    return wish.maxBytes() <= SHORT;
  }

  private static void failLate(Waiting waiting) {
    waiting.failLate(
        System.nanoTime(),
        ClientProperties.CALL_TIMEOUT.toNanos(),
        new LogException(Reason.UNAVAILABLE, "the log does not answer in time"));
  }

  private void serve(Consumers consumers, Waiting waiting) {
    failLate(waiting);
    if (waiting.isOver()) {
      return;
    }
    try {
      Slice slice = consumers.read(waiting.wish());
      if (slice != null) {
        waiting.complete(slice);
      } else {
        nothingCame(consumers, waiting);
      }
    } catch (RuntimeException e) {
      waiting.fail(KafkaFailures.translate(e));
      letGo(consumers);
    }
  }

  private void nothingCame(Consumers consumers, Waiting waiting) {
    failLate(waiting);
    if (waiting.isOver()) {
      // While somebody joins again and again the consumers stay: others read with them.
      letGo(consumers);
    } else if (!queue.again(waiting, isShort(waiting.wish()))) {
      waiting.fail(closed());
    }
  }

  private static void letGo(Consumers consumers) {
    try {
      consumers.close();
    } catch (KafkaException closing) {
      // The reader goes on with others; nobody would read its partitions without it.
      LOGGER.atDebug().setCause(closing).log("a consumer of history did not close well");
    }
  }

  private static LogException closed() {
    return new LogException(Reason.UNAVAILABLE, "the log is being closed");
  }

  /** One reader's, made when they are first needed. */
  private final class Consumers implements AutoCloseable {
    private final int reader;
    private @Nullable SliceReader small;
    private @Nullable SliceReader large;

    Consumers(int reader) {
      this.reader = reader;
    }

    /** Null where nothing has come. */
    @Nullable Slice read(Wish wish) {
      return of(wish).read(wish.partition(), wish.from(), wish.before(), wish.maxBytes(), TURN);
    }

    private SliceReader of(Wish wish) {
      if (isShort(wish)) {
        SliceReader made = small;
        if (made == null) {
          made = new SliceReader(consumer("short", SHORT, SHORT_POLL), 256, true, metrics);
          small = made;
        }
        return made;
      }
      SliceReader made = large;
      if (made == null) {
        made = new SliceReader(consumer("page", PAGE, 100), 8, false, metrics);
        large = made;
      }
      return made;
    }

    /** Lets go of what has been made; after a failure nothing of it is relied on. */
    @Override
    public void close() {
      SliceReader first = small;
      SliceReader second = large;
      small = null;
      large = null;
      if (first != null) {
        first.close();
      }
      if (second != null) {
        second.close();
      }
    }

    private Consumer<byte[], byte[]> consumer(String kind, int bytes, int records) {
      return making.with(
          clients.consumer(
              "history-" + kind + "-" + reader, NO_WAIT, bytes, Math.max(bytes, PAGE), records));
    }
  }
}

package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer that can forget topics. Kafka's own asks the cluster for every topic that it was ever
 * told of, as long as it lives, and a cluster that makes topics on demand makes one that was
 * deleted again each time. So a new producer takes its place, for each topic as soon as what was
 * sent to it is answered: a {@link TopicLane} keeps the topic's order, and no topic waits for
 * another. Thread-safe; {@link #send} never blocks for the cluster. {@link #warm} and {@link
 * #forget} are for one thread.
 */
final class ForgettingProducer implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ForgettingProducer.class);
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Supplier<Producer<byte[], byte[]>> maker;

  /** What the producer has been told of. */
  private final Map<String, TopicLane> lanes = new ConcurrentHashMap<>();

  private volatile Producer<byte[], byte[]> current;

  /**
   * @param maker makes a producer that never blocks in a send
   */
  ForgettingProducer(Supplier<Producer<byte[], byte[]>> maker) {
    this.maker = maker;
    this.current = maker.get();
  }

  /**
   * Sends to a topic that is known; one that is not fails as one does that the cluster says nothing
   * of, and is not asked for.
   *
   * @param done called once, mostly on the producer's own thread
   */
  void send(ProducerRecord<byte[], byte[]> message, Callback done) {
    TopicLane lane = lanes.get(message.topic());
    if (lane == null) {
      done.onCompletion(null, new TimeoutException(message.topic() + " is not known"));
    } else {
      lane.send(message, done);
    }
  }

  /** As above. */
  CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> message) {
    CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
    send(
        message,
        (metadata, error) -> {
          if (error == null) {
            sent.complete(metadata);
          } else {
            sent.completeExceptionally(error);
          }
        });
    return sent;
  }

  boolean knows(String topic) {
    return lanes.containsKey(topic);
  }

  /**
   * Waits until a topic that the cluster has is known, so that a send to it need not wait. Blocks.
   *
   * @throws LogException when the cluster does not answer in time
   */
  void warm(String topic) throws InterruptedException {
    if (!unanswered(current, Set.of(topic)).isEmpty()) {
      throw new LogException(Reason.UNAVAILABLE, "the log does not tell where " + topic + " is");
    }
    lanes.computeIfAbsent(topic, its -> new TopicLane(current));
  }

  /** Asks for topics, all at once; returns those that were not told of in time. */
  private static Set<String> unanswered(Producer<byte[], byte[]> producer, Set<String> topics)
      throws InterruptedException {
    long deadline = System.nanoTime() + WARM_UP.toNanos();
    Set<String> left = new TreeSet<>(topics);
    left.removeIf(topic -> isTold(producer, topic));
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(2);
      left.removeIf(topic -> isTold(producer, topic));
    }
    return left;
  }

  private static boolean isTold(Producer<byte[], byte[]> producer, String topic) {
    try {
      // Waits for nothing itself, as sends do not, but lets the producer ask.
      return !producer.partitionsFor(topic).isEmpty();
    } catch (TimeoutException e) {
      return false;
    }
  }

  /**
   * Asks for these topics no more, nor for others that the cluster does not have: who needs one of
   * those warms it again. Blocks until what was under way is answered.
   *
   * @param there what topics the cluster has
   */
  void forget(Predicate<String> gone, Set<String> there) throws InterruptedException {
    if (lanes.keySet().stream().noneMatch(gone)) {
      return;
    }
    Producer<byte[], byte[]> before = current;
    Producer<byte[], byte[]> next = maker.get();
    Set<String> kept = new TreeSet<>(lanes.keySet());
    kept.removeIf(topic -> gone.test(topic) || !there.contains(topic));
    try {
      Set<String> late = unanswered(next, kept);
      if (!late.isEmpty()) {
        // They are there: sends to them fail until the cluster tells where.
        LOGGER.atWarn().addKeyValue("topics", late).log("the cluster does not tell of topics");
      }
    } catch (InterruptedException | RuntimeException e) {
      next.close(Duration.ZERO);
      throw e;
    }
    current = next;
    lanes.keySet().retainAll(kept);
    for (TopicLane lane : lanes.values()) {
      lane.switchTo(next);
    }
    try {
      before.flush();
    } finally {
      before.close(CLOSE);
    }
  }

  /** Waits for what is under way, some seconds at most. */
  @Override
  public void close() {
    current.close(CLOSE);
  }
}

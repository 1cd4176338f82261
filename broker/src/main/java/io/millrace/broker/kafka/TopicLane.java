package io.millrace.broker.kafka;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One topic's way to the cluster, which may change from one producer to the next.
 *
 * <pre>
 *   OPEN ──switchTo──> HELD: what was sent is waited for, what comes waits ──> OPEN by the next
 * </pre>
 *
 * <p>Nothing is sent by the next producer before all that was sent by the one before is answered,
 * so the topic keeps its order; a topic of which nothing is under way does not wait at all.
 * Thread-safe; a send takes no lock while the lane is open. Who sends counts itself before it looks
 * whether the lane is open, and who closes the lane looks at the count afterwards: one of the two
 * sees the other.
 */
final class TopicLane {
  private record Message(ProducerRecord<byte[], byte[]> message, Callback done) {}

  /** Sends that are not answered, and those that look whether the lane is open. */
  private final AtomicInteger underWay = new AtomicInteger();

  /** Null while what was sent is waited for; written by who holds this. */
  private volatile @Nullable Producer<byte[], byte[]> open;

  // Guarded by this.
  private final Queue<Message> held = new ArrayDeque<>();
  private @Nullable Producer<byte[], byte[]> next;
  private boolean isDraining;

  TopicLane(Producer<byte[], byte[]> producer) {
    this.open = producer;
  }

  /**
   * Sends, or keeps it until it can be.
   *
   * @param done called once
   */
  void send(ProducerRecord<byte[], byte[]> message, Callback done) {
    underWay.incrementAndGet();
    Producer<byte[], byte[]> to = open;
    if (to == null) {
      synchronized (this) {
        to = open;
        if (to == null) {
          held.add(new Message(message, done));
        }
      }
    }
    if (to == null) {
      answered();
    } else {
      send(to, message, done);
    }
  }

  // The callback tells what the future would.
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(
      Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> message, Callback done) {
    Sent sent = new Sent(done);
    try {
      producer.send(message, sent);
    } catch (RuntimeException e) {
      // Closed, or what Kafka's client does not hand to the callback.
      sent.onCompletion(null, e);
    }
  }

  /** From now on by this one, as soon as all is answered that was sent before. */
  void switchTo(Producer<byte[], byte[]> producer) throws InterruptedException {
    synchronized (this) {
      while (isDraining) {
        wait();
      }
      next = producer;
      open = null;
    }
    drain();
  }

  private void answered() {
    if (underWay.decrementAndGet() == 0 && open == null) {
      drain();
    }
  }

  /** Sends what waits, if nothing of before is under way; one thread does it. */
  private void drain() {
    Producer<byte[], byte[]> to;
    synchronized (this) {
      if (isDraining || next == null || underWay.get() > 0) {
        return;
      }
      isDraining = true;
      to = next;
    }
    for (Message one = poll(to); one != null; one = poll(to)) {
      underWay.incrementAndGet();
      send(to, one.message, one.done);
    }
  }

  /** The next that waits; after the last the lane is open. */
  private synchronized @Nullable Message poll(Producer<byte[], byte[]> to) {
    Message one = held.poll();
    if (one == null) {
      open = to;
      next = null;
      isDraining = false;
      notifyAll();
    }
    return one;
  }

  /** Tells once, whatever the producer does, and counts. */
  private final class Sent implements Callback {
    private final Callback done;
    private boolean told;

    Sent(Callback done) {
      this.done = done;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
      if (told) {
        return;
      }
      told = true;
      try {
        done.onCompletion(metadata, error);
      } finally {
        answered();
      }
    }
  }
}

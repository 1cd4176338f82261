package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.namespace.Durability;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A node's producers: one for namespaces that are {@code logged}, and, when there are such, one for
 * those that wait for disks or other machines, since a broker answers a connection's requests one
 * after the other. Thread-safe.
 */
final class NodeProducers implements AutoCloseable {
  // Batches are allocated whole, however little is in them.
  private static final long BATCHES = 64L << 20;
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final ClientProperties clients;
  private final long bufferBytes;
  private final Map<Durability, Producer<byte[], byte[]>> producers =
      new EnumMap<>(Durability.class);

  NodeProducers(ClientProperties clients, long pendingBytes) {
    this.clients = clients;
    this.bufferBytes = 2 * pendingBytes + BATCHES;
  }

  /** Takes some time when it is the first of its kind. */
  Producer<byte[], byte[]> of(Durability durability) {
    Durability kind = durability == Durability.LOGGED ? Durability.LOGGED : Durability.SYNCED;
    synchronized (producers) {
      return producers.computeIfAbsent(
          kind,
          which ->
              new KafkaProducer<>(
                  clients.producer(which == Durability.LOGGED ? "logged" : "synced", bufferBytes)));
    }
  }

  /**
   * Waits until a topic is known, so that a send to it need not wait. Blocks.
   *
   * @throws LogException when the cluster does not answer in time
   */
  void warm(String topic, Durability durability) throws InterruptedException {
    Producer<byte[], byte[]> producer = of(durability);
    long deadline = System.nanoTime() + WARM_UP.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        // Waits for nothing itself, as sends do not, but lets the producer ask.
        if (!producer.partitionsFor(topic).isEmpty()) {
          return;
        }
      } catch (TimeoutException e) {
        Thread.sleep(2);
      }
    }
    throw new LogException(Reason.UNAVAILABLE, "the log does not tell where " + topic + " is");
  }

  /** Waits for what is under way, some seconds at most. */
  @Override
  public void close() {
    synchronized (producers) {
      producers.values().forEach(producer -> producer.close(CLOSE));
    }
  }
}

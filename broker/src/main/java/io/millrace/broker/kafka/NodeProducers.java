package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.namespace.Durability;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * A node's producers: one for namespaces that are {@code logged}, and, when there are such, one for
 * those that wait for disks or other machines, since a broker answers a connection's requests one
 * after the other. Thread-safe.
 */
final class NodeProducers implements AutoCloseable {
  // Batches are allocated whole, however little is in them.
  private static final long BATCHES = 64L << 20;

  private final ClientProperties clients;
  private final long bufferBytes;

  /** Apart, so that what waits for a slow disk takes nothing from those that do not. */
  private final PendingBytes logged;

  private final PendingBytes synced;

  /** Apart too: a session is kept however much others publish. */
  private final PendingBytes tables;

  private final Map<Durability, ForgettingProducer> producers = new EnumMap<>(Durability.class);
  private final AtomicInteger made = new AtomicInteger();

  /**
   * @param pendingBytes the bound of what one producer has in hand
   * @param outage why the log takes nothing now, for people
   */
  NodeProducers(ClientProperties clients, long pendingBytes, Supplier<Optional<String>> outage) {
    this.clients = clients;
    this.bufferBytes = 2 * pendingBytes + BATCHES;
    this.logged = new PendingBytes(pendingBytes, outage);
    this.synced = new PendingBytes(pendingBytes, outage);
    this.tables = new PendingBytes(pendingBytes, outage);
  }

  /** What has been given to the producer of a durability and is not acknowledged. */
  PendingBytes pending(Durability durability) {
    return durability == Durability.LOGGED ? logged : synced;
  }

  /** What has been given to the producer of what is synced by tables and is not acknowledged. */
  PendingBytes pendingOfTables() {
    return tables;
  }

  /** What has been given to all of them, in bytes. */
  long pendingBytes() {
    return logged.get() + synced.get() + tables.get();
  }

  /** Takes some time when it is the first of its kind. */
  ForgettingProducer of(Durability durability) {
    Durability kind = durability == Durability.LOGGED ? Durability.LOGGED : Durability.SYNCED;
    synchronized (producers) {
      return producers.computeIfAbsent(kind, which -> new ForgettingProducer(() -> make(which)));
    }
  }

  private KafkaProducer<byte[], byte[]> make(Durability kind) {
    String name = kind == Durability.LOGGED ? "logged" : "synced";
    return new KafkaProducer<>(clients.producer(name + "-" + made.incrementAndGet(), bufferBytes));
  }

  /** Whether sends to a topic need not wait. */
  boolean knows(String topic, Durability durability) {
    return of(durability).knows(topic);
  }

  /**
   * Waits until a topic that the cluster has is known, so that a send to it need not wait. Blocks.
   *
   * @throws LogException when the cluster does not answer in time
   */
  void warm(String topic, Durability durability) throws InterruptedException {
    of(durability).warm(topic);
  }

  /**
   * Asks for these topics no more, which are to be deleted or have been. Blocks.
   *
   * @param there what topics the cluster has
   */
  void forget(Predicate<String> topics, Set<String> there) throws InterruptedException {
    for (ForgettingProducer producer : all()) {
      producer.forget(topics, there);
    }
  }

  private List<ForgettingProducer> all() {
    synchronized (producers) {
      return List.copyOf(producers.values());
    }
  }

  /** Waits for what is under way, some seconds at most. */
  @Override
  public void close() {
    all().forEach(ForgettingProducer::close);
  }
}

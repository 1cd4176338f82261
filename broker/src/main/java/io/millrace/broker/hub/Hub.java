package io.millrace.broker.hub;

import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.message.Message;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.position.Position;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Fans out what the tail of the log reads: into each partition's ring, and from there to the event
 * loops that have subscribers. Thread-safe; each {@link HubLoop} belongs to its loop.
 */
public final class Hub implements TailListener {
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final TopicLog log;
  private final TopicIndex index;
  private final HubMetrics metrics;
  private final InstantSource clock;
  private final RingMemory memory;
  private final int cluster;
  private final Starts starts;
  private final Generations generations;
  private final Map<String, OpenNamespace> namespaces = new ConcurrentHashMap<>();

  /**
   * @param ringBytes how much of all partitions together is kept in memory, about
   */
  public Hub(
      TopicLog log, TopicIndex index, HubMetrics metrics, InstantSource clock, long ringBytes) {
    this.log = log;
    this.index = index;
    this.metrics = metrics;
    this.clock = clock;
    this.memory = new RingMemory(ringBytes, this::lag);
    this.cluster = Position.clusterOf(log.clusterId());
    this.starts = new Starts(this);
    this.generations = new Generations(this);
  }

  /**
   * Serves a namespace from now on, in the place of one of its name, whose subscribers stay until
   * {@link #end}.
   *
   * @param partitionOf the home of a path, as the log's appender chooses it
   * @param starts for each partition the offset of the first message that {@link #messages} gives
   */
  public OpenNamespace open(Namespace namespace, ToIntFunction<String> partitionOf, long[] starts) {
    return open(namespace, partitionOf, starts, Optional.empty());
  }

  /**
   * As above.
   *
   * @param lastValues of topics whose messages retention has taken
   */
  public OpenNamespace open(
      Namespace namespace,
      ToIntFunction<String> partitionOf,
      long[] starts,
      Optional<LastValues> lastValues) {
    return serve(new OpenNamespace(namespace, partitionOf, starts, memory, lastValues));
  }

  /** As {@link #open}, for other settings of the same generation: its messages stay in memory. */
  public OpenNamespace change(OpenNamespace before, Namespace settings) {
    return serve(before.with(settings));
  }

  /** As {@link #open}, after a partition was cut: it goes on at an offset that it had before. */
  public OpenNamespace cut(OpenNamespace before, int partition, long to) {
    return serve(before.cut(partition, to));
  }

  private OpenNamespace serve(OpenNamespace open) {
    OpenNamespace before = namespaces.put(open.settings().name(), open);
    if (before != null) {
      before.leave(open);
    }
    return open;
  }

  private long lag() {
    long sum = 0;
    for (OpenNamespace open : namespaces.values()) {
      sum += open.lagOfAll();
    }
    return sum;
  }

  /**
   * Ends the subscriptions of a namespace that others are served in the place of.
   *
   * @param message a sentence for people
   */
  public void end(OpenNamespace replaced, String message) {
    replaced.close(Receiver.EndReason.NAMESPACE_CHANGED, message);
  }

  /**
   * Serves a namespace no more.
   *
   * @param message a sentence for people
   */
  public void close(String name, String message) {
    close(name, Receiver.EndReason.NAMESPACE_CHANGED, message);
  }

  /** As {@link #close}, of a namespace that is deleted. */
  public void delete(String name, String message) {
    close(name, Receiver.EndReason.NAMESPACE_DELETED, message);
  }

  private void close(String name, Receiver.EndReason reason, String message) {
    OpenNamespace open = namespaces.remove(name);
    if (open != null) {
      open.leave(null);
      open.close(reason, message);
    }
  }

  public Optional<OpenNamespace> namespace(String name) {
    return Optional.ofNullable(namespaces.get(name));
  }

  /** A new place for the subscribers of the calling event loop. */
  public HubLoop loop(Context context) {
    return new HubLoop(this, context, clock);
  }

  @Override
  public void messages(PartitionRef partition, List<Message> messages) {
    OpenNamespace open = of(partition);
    if (open != null) {
      open.append(partition.partition(), messages);
      // An event loop that cannot follow holds the tail back; the log keeps what comes meanwhile.
      while (open.isFull(partition.partition())) {
        metrics.waited();
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
  }

  /** {@inheritDoc} To somewhere before where it is: {@link #cut} it first. */
  @Override
  public void jumped(PartitionRef partition, long from, long to) {
    OpenNamespace open = of(partition);
    if (open != null && to > open.end(partition.partition())) {
      open.jump(partition.partition(), to);
    }
  }

  @Override
  public void caughtUp(PartitionRef partition) {
    // Whoever subscribes meanwhile is behind the ring like everyone else.
  }

  private @Nullable OpenNamespace of(PartitionRef partition) {
    OpenNamespace open = namespaces.get(partition.namespace());
    return open != null && open.settings().generation() == partition.generation() ? open : null;
  }

  /**
   * One message again, by where it lies: out of memory, else out of the log.
   *
   * @param generation the namespace's own, or one that was outgrown
   * @return empty when it is not there any more; fails with {@link
   *     io.millrace.broker.log.LogException}. On any thread
   */
  public Future<Optional<Message>> message(
      OpenNamespace namespace, int generation, int partition, long offset) {
    Namespace settings = namespace.settings();
    if (generation == settings.generation()) {
      HotRing.Chunk chunk = namespace.rings()[partition].covering(offset);
      if (chunk != null && offset < chunk.next) {
        return Future.succeededFuture(at(offset, chunk.messages));
      }
    }
    if (!settings.isKept() || generation > settings.generation()) {
      return Future.succeededFuture(Optional.empty());
    }
    return log.history()
        .read(new PartitionRef(settings.name(), generation, partition), offset, 1)
        .map(slice -> at(offset, slice.messages()));
  }

  private static Optional<Message> at(long offset, List<Message> messages) {
    return messages.stream().filter(message -> message.offset() == offset).findFirst();
  }

  TopicLog log() {
    return log;
  }

  TopicIndex index() {
    return index;
  }

  /**
   * The first offset at or behind {@code from} that can hold a message of the topic, as far as is
   * known. Where that is nowhere the log is to be read from where the index ends.
   */
  long nextOf(PartitionRef partition, String path, long from) {
    if (from < index.start(partition)) {
      return from;
    }
    // First the end: what the index reads meanwhile is behind it.
    long end = index.end(partition);
    long next = index.next(partition, path, from);
    return next == TopicIndex.NONE ? Math.max(from, end) : next;
  }

  /** Whether the log may have a message of a topic at or behind an offset. */
  boolean has(PartitionRef partition, String path, long from) {
    return nextOf(partition, path, from) < index.end(partition);
  }

  HubMetrics metrics() {
    return metrics;
  }

  /** The fingerprint of the log's cluster, as positions carry it. */
  public int cluster() {
    return cluster;
  }

  Starts starts() {
    return starts;
  }

  Generations generations() {
    return generations;
  }
}

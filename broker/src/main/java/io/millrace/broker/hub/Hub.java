package io.millrace.broker.hub;

import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.message.Message;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.position.Position;
import io.vertx.core.Context;
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
  private final long ringBytes;
  private final int cluster;
  private final Starts starts;
  private final Map<String, OpenNamespace> namespaces = new ConcurrentHashMap<>();

  /**
   * @param ringBytes how much of each partition is kept in memory, about
   */
  public Hub(
      TopicLog log, TopicIndex index, HubMetrics metrics, InstantSource clock, long ringBytes) {
    this.log = log;
    this.index = index;
    this.metrics = metrics;
    this.clock = clock;
    this.ringBytes = ringBytes;
    this.cluster = Position.clusterOf(log.clusterId());
    this.starts = new Starts(this);
  }

  /**
   * Serves a namespace from now on; one of its name that was served before is closed.
   *
   * @param partitionOf the home of a path, as the log's appender chooses it
   * @param starts for each partition the offset of the first message that {@link #messages} gives
   */
  public OpenNamespace open(Namespace namespace, ToIntFunction<String> partitionOf, long[] starts) {
    OpenNamespace open = new OpenNamespace(namespace, partitionOf, starts, ringBytes);
    OpenNamespace before = namespaces.put(namespace.name(), open);
    if (before != null) {
      before.close("the namespace " + namespace.name() + " has new settings; subscribe again");
    }
    return open;
  }

  /** Serves a namespace no more: it was deleted. */
  public void close(String name) {
    OpenNamespace open = namespaces.remove(name);
    if (open != null) {
      open.close("the namespace " + name + " was deleted");
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
      while (open.lag(partition.partition()) > ringBytes) {
        metrics.waited();
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
  }

  @Override
  public void jumped(PartitionRef partition, long from, long to) {
    OpenNamespace open = of(partition);
    if (open != null) {
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
}

package io.millrace.broker;

import io.millrace.broker.door.Namespaces;
import io.millrace.broker.hub.Hub;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.index.FollowedIndex;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.publish.Publisher;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The broker of one node: the namespaces that the log knows, each open for publishing and
 * subscribing. What the tail of the log reads goes to the index, then to the ids, then to the hub,
 * so whoever is given a message can ask the index about it. Thread-safe.
 */
public final class Broker implements Namespaces {
  private final TopicLog log;
  private final FollowedIndex index;
  private final Hub hub;
  private final InstantSource clock;
  private final Tail tail;
  private final Map<String, Served> served = new ConcurrentHashMap<>();
  private final Set<PartitionRef> behind = ConcurrentHashMap.newKeySet();

  private Broker(
      TopicLog log, FollowedIndex index, HubMetrics metrics, InstantSource clock, long ringBytes) {
    this.log = log;
    this.index = index;
    this.clock = clock;
    this.hub = new Hub(log, index, metrics, clock, ringBytes);
    this.tail = log.tail(new Follower());
  }

  /**
   * Opens every namespace of the log, and makes those that have to be there.
   *
   * @param builtIn namespaces that are made where the log does not know them
   * @param ringBytes how much of each partition is kept in memory
   * @return when all are open for publishing and subscribing; {@link #isCaughtUp} says when the
   *     index knows what is in the log
   */
  public static Future<Broker> open(
      TopicLog log,
      FollowedIndex index,
      HubMetrics metrics,
      InstantSource clock,
      long ringBytes,
      List<Namespace> builtIn) {
    Broker broker = new Broker(log, index, metrics, clock, ringBytes);
    return log.namespaces()
        .compose(known -> broker.openAll(known, builtIn))
        .map(broker)
        .onFailure(failure -> broker.tail.close());
  }

  private Future<Void> openAll(List<Namespace> known, List<Namespace> builtIn) {
    Set<String> names = new HashSet<>();
    known.forEach(namespace -> names.add(namespace.name()));
    List<Future<?>> opened = new ArrayList<>();
    known.forEach(namespace -> opened.add(open(namespace)));
    builtIn.stream()
        .filter(namespace -> !names.contains(namespace.name()))
        .forEach(namespace -> opened.add(put(namespace)));
    return Future.all(opened).mapEmpty();
  }

  /**
   * Makes a namespace, or gives it other settings: its subscribers are asked to subscribe again.
   *
   * @return fails as {@link TopicLog#put}
   */
  public Future<Void> put(Namespace namespace) {
    return log.put(namespace).compose(done -> open(namespace));
  }

  /** Deletes a namespace with everything in it, and ends its subscriptions. */
  public Future<Void> delete(String name) {
    Served gone = served.remove(name);
    if (gone != null) {
      leave(gone.namespace());
      forget(gone.namespace());
      hub.close(name);
    }
    return log.delete(name);
  }

  @Override
  public Optional<Served> find(String name) {
    return Optional.ofNullable(served.get(name));
  }

  public List<Namespace> namespaces() {
    return served.values().stream().map(one -> one.namespace().settings()).toList();
  }

  public Hub hub() {
    return hub;
  }

  /** Whether everything that was in the log at the start has been read. */
  public boolean isCaughtUp() {
    return behind.isEmpty();
  }

  /** Follows the log no more; the log itself belongs to who opened it. */
  public void close() {
    tail.close();
    served.keySet().forEach(hub::close);
  }

  private Future<Void> open(Namespace settings) {
    Appender appender = log.appender(settings);
    if (!settings.isKept()) {
      serve(settings, appender, new long[settings.partitions()]);
      return Future.succeededFuture();
    }
    long[] starts = new long[settings.partitions()];
    List<Future<?>> found = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      int partition = i;
      PartitionRef ref = new PartitionRef(settings.name(), settings.generation(), partition);
      found.add(start(ref).onSuccess(start -> starts[partition] = start));
    }
    return Future.all(found)
        .map(
            all -> {
              serve(settings, appender, starts);
              return null;
            });
  }

  /** Where the index knows no more, or where ids begin that are still remembered. */
  private Future<Long> start(PartitionRef ref) {
    long remembered = clock.millis() - Publisher.WINDOW.toMillis();
    return Future.all(log.bounds(ref), log.offsetAt(ref, remembered))
        .compose(
            both -> {
              Bounds bounds = both.resultAt(0);
              long ids = both.resultAt(1);
              return index
                  .open(ref, bounds)
                  .map(known -> Math.max(bounds.start(), Math.min(known, ids)));
            });
  }

  private void serve(Namespace settings, Appender appender, long[] starts) {
    OpenNamespace open = hub.open(settings, appender::partitionOf, starts);
    Optional<Appender> kept = settings.isKept() ? Optional.of(appender) : Optional.empty();
    Served before = served.get(settings.name());
    Publisher publisher =
        before == null ? new Publisher(open, kept, clock) : before.publisher().after(open, kept);
    served.put(settings.name(), new Served(open, publisher));
    if (before != null) {
      leave(before.namespace());
      if (before.namespace().settings().generation() != settings.generation()) {
        forget(before.namespace());
      }
    }
    if (settings.isKept()) {
      for (int i = 0; i < starts.length; i++) {
        behind.add(open.ref(i));
        tail.follow(open.ref(i), starts[i]);
      }
    }
  }

  private void leave(OpenNamespace namespace) {
    for (int i = 0; i < namespace.settings().partitions(); i++) {
      behind.remove(namespace.ref(i));
      tail.leave(namespace.ref(i));
    }
  }

  private void forget(OpenNamespace namespace) {
    for (int i = 0; i < namespace.settings().partitions(); i++) {
      index.delete(namespace.ref(i));
    }
  }

  private final class Follower implements TailListener {
    @Override
    public void messages(PartitionRef partition, List<Message> messages) {
      // The tail begins before the index's end, for the ids.
      long known = index.end(partition);
      List<Message> unknown =
          messages.getFirst().offset() >= known
              ? messages
              : messages.stream().filter(message -> message.offset() >= known).toList();
      if (!unknown.isEmpty()) {
        index.messages(partition, unknown);
      }
      Served of = served.get(partition.namespace());
      if (of != null) {
        of.publisher().saw(messages);
      }
      hub.messages(partition, messages);
    }

    @Override
    public void jumped(PartitionRef partition, long from, long to) {
      index.jumped(partition, from, to);
      hub.jumped(partition, from, to);
    }

    @Override
    public void caughtUp(PartitionRef partition) {
      index.caughtUp(partition);
      behind.remove(partition);
    }
  }
}

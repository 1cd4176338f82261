package io.millrace.broker;

import io.millrace.broker.door.Namespaces.Served;
import io.millrace.broker.hub.Hub;
import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.index.FollowedIndex;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.publish.Following;
import io.millrace.broker.publish.Publisher;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The namespaces of a node that are open for publishing and subscribing, and the tail that fills
 * them. What it reads goes to the index, then to the ids, then to the hub, so whoever is given a
 * message can ask the index about it. Thread-safe; who opens and leaves does one thing after the
 * other.
 */
final class ServedNamespaces {
  private final TopicLog log;
  private final FollowedIndex index;
  private final Hub hub;
  private final InstantSource clock;
  private final Companions companions;
  private final Tail tail;
  private final Map<String, Served> served = new ConcurrentHashMap<>();

  /** What the tail has not caught up with yet. */
  private final Set<PartitionRef> behind;

  /**
   * @param behind of companions too
   */
  ServedNamespaces(
      TopicLog log,
      FollowedIndex index,
      Hub hub,
      InstantSource clock,
      Companions companions,
      Set<PartitionRef> behind) {
    this.log = log;
    this.index = index;
    this.hub = hub;
    this.clock = clock;
    this.companions = companions;
    this.behind = behind;
    this.tail = log.tail(new Follower());
  }

  Optional<Served> find(String name) {
    return Optional.ofNullable(served.get(name));
  }

  Collection<Served> all() {
    return served.values();
  }

  /** Follows the log no more, and ends all subscriptions. */
  void close() {
    tail.close();
    served.keySet().forEach(name -> hub.close(name, "the server stops; subscribe again"));
  }

  /** Serves a namespace with these settings, where it is not served so already. */
  Future<Void> open(Namespace settings) {
    Served now = served.get(settings.name());
    return now != null && now.namespace().settings().equals(settings)
        ? Future.succeededFuture()
        : companions.open(settings, tail).compose(lastValues -> open(settings, lastValues));
  }

  private Future<Void> open(Namespace settings, Optional<LastValues> lastValues) {
    Served before = served.get(settings.name());
    if (before != null && before.namespace().settings().generation() == settings.generation()) {
      change(before, settings);
      return Future.succeededFuture();
    }
    if (!settings.isKept()) {
      int partitions = settings.partitions();
      serve(
          hub.open(
              settings, path -> Math.floorMod(path.hashCode(), partitions), new long[partitions]));
      return Future.succeededFuture();
    }
    List<Future<Begin>> begins = new ArrayList<>();
    for (int i = 0; i < settings.partitions(); i++) {
      begins.add(begin(new PartitionRef(settings.name(), settings.generation(), i)));
    }
    return Future.all(begins)
        .map(
            all -> {
              Appender appender = log.appender(settings);
              long[] ends = begins.stream().mapToLong(begin -> begin.result().end).toArray();
              OpenNamespace open = hub.open(settings, appender::partitionOf, ends, lastValues);
              serve(open);
              for (int i = 0; i < ends.length; i++) {
                behind.add(open.ref(i));
                tail.follow(open.ref(i), begins.get(i).result().follow);
              }
              return null;
            });
  }

  /**
   * Where a partition begins.
   *
   * @param follow where the index knows no more, or where ids begin that are still remembered
   * @param end what is behind it is new to subscribers
   */
  private record Begin(long follow, long end) {}

  private Future<Begin> begin(PartitionRef ref) {
    long remembered = clock.millis() - Publisher.WINDOW.toMillis();
    return Future.all(log.bounds(ref), log.offsetAt(ref, remembered))
        .compose(
            both -> {
              Bounds bounds = both.resultAt(0);
              long ids = both.resultAt(1);
              return index
                  .open(ref, bounds)
                  .map(
                      known ->
                          new Begin(Math.max(bounds.start(), Math.min(known, ids)), bounds.end()));
            });
  }

  /** Serves a generation that is new here. */
  private void serve(OpenNamespace open) {
    Served before = served.get(open.settings().name());
    Optional<Appender> appender = appender(open.settings());
    Following following = new Followed(log, open, behind);
    served.put(
        open.settings().name(),
        new Served(
            open,
            before == null
                ? new Publisher(
                    open, appender, following, companions.retained(open.settings()), clock)
                : before.publisher().after(open, appender, following)));
    if (before != null) {
      leave(before.namespace());
      forget(before.namespace());
      hub.end(before.namespace(), changed(open.settings()));
    }
  }

  /** Other settings of the same generation: what is in memory stays, and the tail goes on. */
  private void change(Served before, Namespace settings) {
    replace(before, hub.change(before.namespace(), settings), changed(settings));
  }

  private void replace(Served before, OpenNamespace open, String message) {
    Publisher publisher =
        before.publisher().after(open, appender(open.settings()), new Followed(log, open, behind));
    served.put(open.settings().name(), new Served(open, publisher));
    hub.end(before.namespace(), message);
  }

  private Optional<Appender> appender(Namespace settings) {
    return settings.isKept() ? Optional.of(log.appender(settings)) : Optional.empty();
  }

  private static String changed(Namespace settings) {
    return "the namespace " + settings.name() + " has new settings; subscribe again";
  }

  /** Serves a namespace no more: it is deleted. */
  Future<Void> leave(String name) {
    Served gone = served.remove(name);
    if (gone != null) {
      leave(gone.namespace());
      forget(gone.namespace());
      gone.publisher().retained().close();
      hub.delete(name, "the namespace " + name + " was deleted");
    }
    companions.leave(name, tail);
    return Future.succeededFuture();
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
      if (partition.isOfCompanion()) {
        index.messages(partition, messages);
        companions.messages(partition, messages);
        return;
      }
      try {
        index.messages(partition, messages);
        Served of = served.get(partition.namespace());
        if (of != null) {
          of.publisher().saw(messages);
        }
      } finally {
        hub.messages(partition, messages);
      }
    }

    @Override
    public void jumped(PartitionRef partition, long from, long to) {
      index.jumped(partition, from, to);
      if (partition.isOfCompanion()) {
        return;
      }
      Served of = served.get(partition.namespace());
      if (of != null && to < from && isCut(of.namespace(), partition, to)) {
        replace(
            of,
            hub.cut(of.namespace(), partition.partition(), to),
            "the log of " + partition.namespace() + " was cut; subscribe again");
      } else {
        hub.jumped(partition, from, to);
      }
    }

    private boolean isCut(OpenNamespace open, PartitionRef partition, long to) {
      return open.settings().generation() == partition.generation()
          && to < open.end(partition.partition());
    }

    @Override
    public void caughtUp(PartitionRef partition) {
      index.caughtUp(partition);
      if (partition.isOfCompanion()) {
        companions.caughtUp(partition);
      }
      behind.remove(partition);
    }
  }
}

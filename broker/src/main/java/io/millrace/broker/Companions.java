package io.millrace.broker;

import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.FollowedIndex;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.last.LastCopier;
import io.millrace.broker.last.LastValues;
import io.millrace.broker.last.Retained;
import io.millrace.broker.log.Companion;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.Tail;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.message.Message;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The companions of the namespaces that a node serves: each is followed and indexed as long as its
 * namespace is there, whatever its settings become. Thread-safe.
 */
final class Companions {
  private final TopicLog log;
  private final FollowedIndex index;
  private final HubMetrics metrics;
  private final InstantSource clock;
  private final CompanionBounds bounds;
  private final Set<PartitionRef> behind;
  private final LastCopier copier;
  private final Map<String, LastValues> values = new ConcurrentHashMap<>();

  /**
   * @param behind what the tail has not caught up with yet, of companions too
   */
  Companions(
      TopicLog log,
      FollowedIndex index,
      HubMetrics metrics,
      InstantSource clock,
      CompanionBounds bounds,
      Set<PartitionRef> behind) {
    this.log = log;
    this.index = index;
    this.metrics = metrics;
    this.clock = clock;
    this.bounds = bounds;
    this.behind = behind;
    this.copier = new LastCopier(log, index, clock, bounds.lastValueBytes());
  }

  Optional<LastValues> find(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** What a namespace retains that is opened here for the first time. */
  Retained retained(Namespace settings) {
    return find(settings.name())
        .map(LastValues::retained)
        .orElseGet(() -> new Retained(settings.name(), bounds.retained(), Optional.empty(), clock));
  }

  /**
   * Follows the companion of a namespace, or goes on with other settings.
   *
   * @return empty where the namespace keeps nothing
   */
  Future<Optional<LastValues>> open(Namespace settings, Tail tail) {
    return settings.isKept()
        ? log.companion(settings)
            .compose(companion -> open(settings.name(), companion, tail))
            .map(Optional::of)
        : Future.succeededFuture(Optional.empty());
  }

  private Future<LastValues> open(String name, Companion companion, Tail tail) {
    LastValues known = values.get(name);
    if (known != null) {
      known.appendTo(companion.appender());
      return Future.succeededFuture(known);
    }
    Retained retained =
        new Retained(name, bounds.retained(), Optional.of(companion.appender()), clock);
    LastValues made = new LastValues(name, companion, log, index, retained);
    List<Future<Long>> starts = made.refs().stream().map(this::start).toList();
    return Future.all(starts)
        .map(
            all -> {
              values.put(name, made);
              for (PartitionRef ref : made.refs()) {
                behind.add(ref);
                tail.follow(ref, starts.get(ref.partition()).result());
              }
              return made;
            });
  }

  /** Not where the index knows no more: what is retained is in memory alone. */
  private Future<Long> start(PartitionRef ref) {
    return log.bounds(ref).compose(found -> index.open(ref, found).map(found.start()));
  }

  /** The namespace is deleted. */
  void leave(String name, Tail tail) {
    LastValues gone = values.remove(name);
    if (gone != null) {
      for (PartitionRef ref : gone.refs()) {
        behind.remove(ref);
        tail.leave(ref);
        index.delete(ref);
      }
    }
  }

  void messages(PartitionRef partition, List<Message> messages) {
    find(partition.namespace()).ifPresent(of -> of.messages(messages));
  }

  void caughtUp(PartitionRef partition) {
    find(partition.namespace()).ifPresent(of -> of.caughtUp(partition));
  }

  /** Copies the last values that retention may take before long. Blocks; for one thread. */
  void copy(List<Namespace> namespaces) throws InterruptedException {
    copier.keepOnly(namespaces);
    for (Namespace namespace : namespaces) {
      LastValues of = values.get(namespace.name());
      if (of != null) {
        LastCopier.Copied copied = copier.copyAll(namespace, of);
        metrics.copied(copied.values(), copied.leftOut());
      }
    }
  }
}

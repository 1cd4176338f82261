package io.millrace.broker;

import io.millrace.broker.door.Namespaces;
import io.millrace.broker.hub.Hub;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.index.FollowedIndex;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The broker of one node: the namespaces that the log knows, each open for publishing and
 * subscribing, as the log tells of them whichever node changes them. Thread-safe.
 */
public final class Broker implements Namespaces {
  private static final Logger LOGGER = LoggerFactory.getLogger(Broker.class);
  private static final Duration TEND = Duration.ofMillis(500);
  private static final Duration COPY = Duration.ofSeconds(10);

  /** Much longer than anybody who asked for a change takes to hear of it. */
  private static final Duration FORGET = Duration.ofMinutes(1);

  private final TopicLog log;
  private final Hub hub;
  private final Caretaker caretaker = new Caretaker();
  private final Set<PartitionRef> behind = ConcurrentHashMap.newKeySet();
  private final Companions companions;
  private final ServedNamespaces served;

  /** What the log has told of each namespace, for a while also that there is none any more. */
  private final Map<String, Told> told = new ConcurrentHashMap<>();

  /** What was told of names that there was no namespace of when that was looked at last. */
  private Map<String, Told> gone = Map.of();

  /** Those that are not served so yet. */
  private final Unserved unserved = new Unserved();

  /** Who hears of deletions. */
  private final List<Function<Set<String>, Future<Void>>> onDelete = new CopyOnWriteArrayList<>();

  /** The end of all changes of what is served: each begins when the one before it is done. */
  private Future<?> changes = Future.succeededFuture();

  /**
   * What the log has told of a namespace.
   *
   * @param settings last; empty for one that is deleted
   * @param deletions how often what is served was deleted since: there may be another one of its
   *     name by now, which has nothing of it
   */
  private record Told(Optional<Namespace> settings, int deletions) {
    static final Told NOTHING = new Told(Optional.empty(), 0);

    private Told and(Optional<Namespace> later) {
      return new Told(later, later.isEmpty() ? deletions + 1 : deletions);
    }

    private Told left(int times) {
      return new Told(settings, deletions - times);
    }
  }

  private Broker(
      TopicLog log,
      FollowedIndex index,
      HubMetrics metrics,
      InstantSource clock,
      long ringBytes,
      CompanionBounds bounds) {
    this.log = log;
    this.companions = new Companions(log, index, metrics, clock, bounds, behind);
    this.hub = new Hub(log, index, metrics, clock, ringBytes);
    this.served = new ServedNamespaces(log, index, hub, clock, companions, behind);
  }

  /** As below, with the default bounds of the companions. */
  public static Future<Broker> open(
      TopicLog log,
      FollowedIndex index,
      HubMetrics metrics,
      InstantSource clock,
      long ringBytes,
      List<Namespace> builtIn) {
    return open(log, index, metrics, clock, ringBytes, CompanionBounds.DEFAULT, builtIn);
  }

  /**
   * Opens every namespace of the log, and makes those that have to be there. From then on it serves
   * what the log has, whichever node changes it.
   *
   * @param ringBytes how much of all partitions is kept in memory
   * @param bounds of what is known of each namespace besides its log
   * @param builtIn namespaces that are made where the log does not know them
   * @return when all are open for publishing and subscribing; {@link #isCaughtUp} says when the
   *     index knows what is in the log
   */
  public static Future<Broker> open(
      TopicLog log,
      FollowedIndex index,
      HubMetrics metrics,
      InstantSource clock,
      long ringBytes,
      CompanionBounds bounds,
      List<Namespace> builtIn) {
    Broker broker = new Broker(log, index, metrics, clock, ringBytes, bounds);
    // First this: what changes while the list is read is told of.
    return log.followNamespaces(broker::told)
        .compose(follows -> log.namespaces())
        .compose(served -> log.known().compose(known -> broker.openAll(served, known, builtIn)))
        .map(
            opened -> {
              broker.caretaker.every(TEND, broker::tend);
              broker.caretaker.every(COPY, broker::copyLastValues);
              broker.caretaker.every(FORGET, broker::forgetGone);
              return broker;
            })
        .onFailure(failure -> broker.close());
  }

  /** Those that the log cannot serve now are tried again with what else cannot be opened. */
  private Future<Void> openAll(
      List<Namespace> servable, List<Namespace> known, List<Namespace> builtIn) {
    Set<String> names = new HashSet<>();
    for (Namespace namespace : known) {
      names.add(namespace.name());
      told.putIfAbsent(namespace.name(), Told.NOTHING.and(Optional.of(namespace)));
      unserved.add(namespace.name());
    }
    Set<String> required = builtIn.stream().map(Namespace::name).collect(Collectors.toSet());
    List<String> now = servable.stream().map(Namespace::name).filter(told::containsKey).toList();
    Future<Void> opened =
        inTurn(
            () ->
                Future.join(
                        now.stream()
                            .map(name -> required.contains(name) ? serveAsTold(name) : tryTo(name))
                            .toList())
                    .mapEmpty());
    List<Future<?>> made = new ArrayList<>();
    builtIn.stream()
        .filter(namespace -> !names.contains(namespace.name()))
        .forEach(namespace -> made.add(put(namespace)));
    return opened.compose(done -> Future.all(made)).mapEmpty();
  }

  /** Changes what is served, when everything before is done. */
  private synchronized <T> Future<T> inTurn(Supplier<Future<T>> change) {
    Future<T> next = changes.transform(before -> change.get());
    changes = next;
    return next;
  }

  private void told(String name, Optional<Namespace> settings) {
    told.merge(name, Told.NOTHING.and(settings), (before, now) -> before.and(settings));
    unserved.begin(name);
    follow(name);
  }

  /** Serves a namespace as the log has told; where it cannot be done, it is tried again. */
  private Future<?> follow(String name) {
    return inTurn(() -> tryTo(name));
  }

  /** Never fails: what cannot be opened hinders nobody else. */
  private Future<Void> tryTo(String name) {
    return Future.succeededFuture()
        .compose(begun -> serveAsTold(name))
        .onFailure(
            failure ->
                LOGGER
                    .atLevel(unserved.failed(name, sinceSometime()) ? Level.WARN : Level.DEBUG)
                    .addKeyValue("namespace", name)
                    .setCause(failure)
                    .log("a namespace cannot be opened now; it is tried again"))
        .otherwiseEmpty();
  }

  /** More may have been told since what brought somebody here. */
  private Future<Void> serveAsTold(String name) {
    Told now = told.getOrDefault(name, Told.NOTHING);
    if (now.deletions > 0) {
      return leaveDeleted().compose(gone -> serveAsTold(name));
    }
    return now.settings
        .map(served::open)
        .orElseGet(() -> served.leave(name))
        .onSuccess(
            as -> {
              if (now.equals(told.get(name))) {
                unserved.remove(name);
              }
            });
  }

  /**
   * All that were deleted by now are left at once: who hears of it looks through everything that it
   * keeps. They count as deleted until all have heard.
   */
  private Future<Void> leaveDeleted() {
    Map<String, Integer> deleted = new HashMap<>();
    told.forEach(
        (name, its) -> {
          if (its.deletions > 0) {
            deleted.put(name, its.deletions);
          }
        });
    Set<String> names = Set.copyOf(deleted.keySet());
    return Future.join(names.stream().map(served::leave).toList())
        .compose(left -> Future.join(onDelete.stream().map(one -> one.apply(names)).toList()))
        .onSuccess(
            heard ->
                deleted.forEach(
                    (name, times) ->
                        told.computeIfPresent(name, (its, latest) -> latest.left(times))))
        .mapEmpty();
  }

  private void tend() {
    unserved.due(sinceSometime()).forEach(this::follow);
    served.all().forEach(one -> one.publisher().retained().tend());
  }

  /**
   * Forgets the names that there has been no namespace of for a while; on the caretaker. Not at
   * once: who has asked for one may not know yet that it was deleted again.
   */
  @SuppressWarnings("ReferenceEquality") // told anew, it is another one: it was made and deleted
  void forgetGone() {
    gone.forEach(
        (name, then) -> told.computeIfPresent(name, (its, now) -> now == then ? null : now));
    gone =
        told.entrySet().stream()
            .filter(one -> one.getValue().equals(Told.NOTHING))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** How many names are remembered. */
  int names() {
    return told.size();
  }

  /** Milliseconds that only go on, whatever becomes of the clock. */
  private static long sinceSometime() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private void copyLastValues() throws InterruptedException {
    companions.copy(namespaces());
  }

  /**
   * Makes a namespace, or gives it other settings: its subscribers are asked to subscribe again.
   *
   * @return fails as {@link TopicLog#put}
   */
  public Future<Void> put(Namespace namespace) {
    return log.put(namespace).compose(done -> serve(namespace));
  }

  /** Deletes a namespace with everything in it, and ends its subscriptions. */
  public Future<Void> delete(String name) {
    return log.delete(name).compose(done -> gone(name));
  }

  /**
   * As {@link #put(Namespace)}, where it is still what the change was made for, on whatever node.
   *
   * @return false when it is something else by now
   */
  Future<Boolean> put(Namespace namespace, Optional<Namespace> before) {
    return log.put(namespace, before)
        .compose(done -> done ? serve(namespace).map(true) : Future.succeededFuture(false));
  }

  /**
   * As {@link #delete(String)}, where it is still what is to be deleted.
   *
   * @return false when it is something else by now
   */
  Future<Boolean> delete(Namespace before) {
    return log.delete(before)
        .compose(done -> done ? gone(before.name()).map(true) : Future.succeededFuture(false));
  }

  /** What was told meanwhile is newer than what was asked for here. */
  private Future<Void> serve(Namespace asked) {
    told.putIfAbsent(asked.name(), Told.NOTHING.and(Optional.of(asked)));
    return inTurn(() -> serveAsTold(asked.name()));
  }

  /** It is deleted, whoever cannot hear of it now: another one of its name waits for that. */
  private Future<Void> gone(String name) {
    return inTurn(() -> tryTo(name));
  }

  /**
   * Goes on with deleting a namespace, where that was cut short.
   *
   * @return false where there is nothing of it to delete
   */
  Future<Boolean> finishDeleting(String name) {
    return log.finishDeleting(name)
        .compose(done -> done ? gone(name).map(true) : Future.succeededFuture(false));
  }

  /** What the log has of a namespace, whether it is served here or not. */
  Future<Optional<Namespace>> known(String name) {
    return log.known()
        .map(known -> known.stream().filter(one -> one.name().equals(name)).findFirst());
  }

  @Override
  public Optional<Served> find(String name) {
    return served.find(name);
  }

  @Override
  public boolean isKnown(String name) {
    return told.getOrDefault(name, Told.NOTHING).settings.isPresent();
  }

  @Override
  public Set<String> served() {
    return open().map(its -> its.settings().name()).collect(Collectors.toSet());
  }

  @Override
  public void whenDeleted(Function<Set<String>, Future<Void>> told) {
    onDelete.add(told);
  }

  /** The settings of one namespace, where it is there. */
  public Optional<Namespace> namespace(String name) {
    return find(name).map(one -> one.namespace().settings());
  }

  /** The namespaces as they are served now. */
  Stream<OpenNamespace> open() {
    return served.all().stream().map(Served::namespace);
  }

  /** How many partitions' logs of before the start are still being read. */
  public int partitionsBehind(String namespace) {
    return (int) behind.stream().filter(ref -> ref.namespace().equals(namespace)).count();
  }

  public List<Namespace> namespaces() {
    return served.all().stream().map(one -> one.namespace().settings()).toList();
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
    caretaker.close();
    served.close();
  }
}

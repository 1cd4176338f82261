package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.log.LogException;
import io.millrace.broker.topic.SharedFilter;
import io.millrace.broker.topic.TopicFilter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has sessions begin anew in namespaces that were deleted, before others of their names are served.
 * Thread-safe.
 *
 * <pre>
 *   connections forget ──> what is kept is changed ──> what was left meanwhile is kept
 * </pre>
 *
 * A session that is taken meanwhile is given as it is to be; one whose connection is lost before it
 * has heard begins anew as soon as it waits.
 */
final class DeletedNamespaces {
  /** How many are being kept at once: each is in memory meanwhile. */
  static final int MOST_UNDER_WAY = 64;

  /** Longer than the table takes to say that it cannot. */
  private static final long PATIENCE_SECONDS = 120;

  private static final String CANNOT = "the sessions in a deleted namespace cannot be kept now";

  /** Looks through all for some namespaces. */
  private record Round(Predicate<String> isGone, Queue<Future<Void>> late) {}

  private final SessionStore store;
  private final SessionEnds ends;
  private final Supplier<Map<Sessions.Owner, String>> connected;

  private final List<Round> underWay = new CopyOnWriteArrayList<>();

  /**
   * @param connected who has a session here now, or is about to, with its key
   */
  DeletedNamespaces(
      SessionStore store, SessionEnds ends, Supplier<Map<Sessions.Owner, String>> connected) {
    this.store = store;
    this.ends = ends;
    this.connected = connected;
  }

  /**
   * Namespaces were deleted: everybody begins anew in others of their names. Blocks until that is
   * safe.
   *
   * @param isGone whether a namespace of this name was deleted; none of these is served meanwhile
   * @throws LogException where it cannot be kept; it is to be done again then
   */
  void beginAnew(Predicate<String> isGone) throws InterruptedException {
    run(isGone, connected);
  }

  /**
   * As above, but for those that have a connection, which goes on as it is.
   *
   * @param isGone also of names that may be served by now
   */
  void beginAnewWhereAway(Predicate<String> isGone) throws InterruptedException {
    run(isGone, Map::of);
  }

  private void run(Predicate<String> isGone, Supplier<Map<Sessions.Owner, String>> here)
      throws InterruptedException {
    Round round = new Round(isGone, new ConcurrentLinkedQueue<>());
    underWay.add(round);
    try {
      // Whoever comes from now on is given the session as it is to be.
      Map<Sessions.Owner, String> told = here.get();
      List<Future<Void>> forgotten = new ArrayList<>();
      told.keySet().forEach(owner -> forgotten.add(owner.deleted(isGone)));
      await(forgotten);
      Set<String> concerned = new HashSet<>();
      store.forEach(
          (key, session) -> {
            if (anew(key, session, isGone).isPresent()) {
              concerned.add(key);
            }
          });
      change(concerned, isGone, Set.copyOf(told.values()));
      for (Future<Void> one = round.late.poll(); one != null; one = round.late.poll()) {
        await(List.of(one));
      }
    } finally {
      underWay.remove(round);
    }
  }

  private static void await(List<Future<Void>> all) throws InterruptedException {
    try {
      Future.join(all)
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new LogException(LogException.Reason.UNAVAILABLE, CANNOT, e);
    }
  }

  private void change(Set<String> concerned, Predicate<String> isGone, Set<String> told)
      throws InterruptedException {
    Semaphore free = new Semaphore(MOST_UNDER_WAY);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    for (String key : concerned) {
      acquire(free, 1, failure);
      change(key, isGone, told.contains(key))
          .onComplete(
              done -> {
                failure.compareAndSet(null, done.cause());
                free.release();
              });
    }
    acquire(free, MOST_UNDER_WAY, failure);
  }

  private static void acquire(
      Semaphore free, int count, AtomicReference<@Nullable Throwable> failure)
      throws InterruptedException {
    boolean isFree = free.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS);
    Throwable reason = failure.get();
    if (reason != null) {
      throw new LogException(LogException.Reason.UNAVAILABLE, CANNOT, reason);
    }
    if (!isFree) {
      throw new LogException(LogException.Reason.UNAVAILABLE, CANNOT);
    }
  }

  /**
   * @param wasTold whether a connection that has it here knows
   */
  private Future<Void> change(String key, Predicate<String> isGone, boolean wasTold) {
    return store.change(
        key,
        session -> {
          // A connection elsewhere keeps it when it has heard there.
          Optional<StoredSession> anew =
              session.endsAt() == StoredSession.CONNECTED && !wasTold
                  ? Optional.empty()
                  : anew(key, session, isGone);
          // Another node may forget it at this moment, before it has read this.
          anew.ifPresent(its -> ends.set(key, its));
          return anew;
        });
  }

  /** A session waits from now on, and may not have heard of what is being deleted. */
  void waits(String key) {
    underWay.forEach(round -> round.late.add(change(key, round.isGone, false)));
  }

  /** A session that was read just now, without what is of namespaces that are being deleted. */
  StoredSession asOfNow(String key, StoredSession session) {
    StoredSession its = session;
    for (Round round : underWay) {
      its = anew(key, its, round.isGone).orElse(its);
    }
    return its;
  }

  /**
   * A session without what is of deleted namespaces.
   *
   * @return empty where it has nothing of them
   */
  static Optional<StoredSession> anew(String key, StoredSession session, Predicate<String> isGone) {
    return session.anew(filter -> isIn(key, filter, isGone), isGone);
  }

  private static boolean isIn(String key, String filter, Predicate<String> isGone) {
    return SessionKey.mountOf(key).filter(SharedFilter.filterIn(filter))
            instanceof Parsed.Value<TopicFilter>(TopicFilter its)
        && isGone.test(its.namespace());
  }
}

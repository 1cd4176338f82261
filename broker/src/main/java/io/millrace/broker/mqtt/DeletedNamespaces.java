package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.log.LogException;
import io.millrace.broker.topic.SharedFilter;
import io.millrace.broker.topic.TopicFilter;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Has the sessions that wait for their clients begin anew in namespaces that were deleted, before
 * others of their names are served. One that has a connection hears of it there; one whose
 * connection is lost before it has, while all are looked through, begins anew as soon as it waits.
 * Thread-safe.
 */
final class DeletedNamespaces {
  /** How many are being kept at once: each is in memory meanwhile. */
  static final int MOST_UNDER_WAY = 64;

  /** Longer than the table takes to say that it cannot. */
  private static final long PATIENCE_SECONDS = 120;

  private static final String CANNOT = "the sessions in a deleted namespace cannot be kept now";

  private final SessionStore store;
  private final SessionEnds ends;

  /** What sessions are being looked through for. */
  private final List<Predicate<String>> underWay = new CopyOnWriteArrayList<>();

  DeletedNamespaces(SessionStore store, SessionEnds ends) {
    this.store = store;
    this.ends = ends;
  }

  /**
   * Namespaces were deleted: who waits for a client begins anew in others of their names. Blocks
   * until that is safe.
   *
   * @param isGone whether a namespace of this name was deleted; none of these is served meanwhile
   * @throws LogException where it cannot be kept; it is to be done again then
   */
  void beginAnew(Predicate<String> isGone) throws InterruptedException {
    underWay.add(isGone);
    try {
      Set<String> concerned = new HashSet<>();
      store.forEach(
          (key, session) -> {
            if (anew(key, session, isGone).isPresent()) {
              concerned.add(key);
            }
          });
      change(concerned, isGone);
    } finally {
      underWay.remove(isGone);
    }
  }

  private void change(Set<String> concerned, Predicate<String> isGone) throws InterruptedException {
    Semaphore free = new Semaphore(MOST_UNDER_WAY);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    for (String key : concerned) {
      acquire(free, 1, failure);
      change(key, isGone)
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

  private Future<Void> change(String key, Predicate<String> isGone) {
    return store.change(
        key,
        session -> {
          Optional<StoredSession> anew =
              session.endsAt() == StoredSession.CONNECTED
                  ? Optional.empty()
                  : anew(key, session, isGone);
          // Another node may forget it at this moment, before it has read this.
          anew.ifPresent(its -> ends.set(key, its));
          return anew;
        });
  }

  /** A session waits from now on, and may not have heard of what is being deleted. */
  void waits(String key) {
    underWay.forEach(isGone -> change(key, isGone));
  }

  private static Optional<StoredSession> anew(
      String key, StoredSession session, Predicate<String> isGone) {
    return session.anew(filter -> isIn(key, filter, isGone), isGone);
  }

  private static boolean isIn(String key, String filter, Predicate<String> isGone) {
    return Sessions.mountOf(key).filter(SharedFilter.filterIn(filter))
            instanceof Parsed.Value<TopicFilter>(TopicFilter its)
        && isGone.test(its.namespace());
  }
}

package io.millrace.catalog.api;

import io.millrace.access.PasswordHash;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Compares passwords with their hashes on worker threads: two at once, for each takes 19 MiB and
 * most of a core. Some more wait, without a thread; of one address only a few, so that a single
 * guesser cannot fill the queue. Whoever finds no room is told to come again. Thread-safe.
 */
final class PasswordChecks {
  private static final int MOST_AT_ONCE = 2;
  private static final int MOST_WAITING = 64;
  private static final int MOST_OF_ONE = 4;

  private final Vertx vertx;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final Map<String, Integer> byPeer = new HashMap<>();
  private int running;

  PasswordChecks(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Whether the password is the one that was stored.
   *
   * @return fails with {@link ApiProblem} (429) where there is no room
   */
  Future<Boolean> matches(String peer, String password, String stored) {
    Promise<Boolean> promise = Promise.promise();
    boolean now;
    synchronized (this) {
      if (waiting.size() >= MOST_WAITING || byPeer.getOrDefault(peer, 0) >= MOST_OF_ONE) {
        return Future.failedFuture(
            ApiProblem.later(
                429, "too-many-sign-ins", "too many sign-ins at once", Duration.ofSeconds(1)));
      }
      byPeer.merge(peer, 1, Integer::sum);
      now = running < MOST_AT_ONCE;
      if (now) {
        running++;
      } else {
        waiting.add(() -> check(peer, password, stored, promise));
      }
    }
    if (now) {
      check(peer, password, stored, promise);
    }
    return promise.future();
  }

  private void check(String peer, String password, String stored, Promise<Boolean> promise) {
    vertx
        .executeBlocking(() -> PasswordHash.matches(password, stored), false)
        .onComplete(
            result -> {
              next(peer);
              promise.handle(result.map(Boolean.TRUE::equals));
            });
  }

  private void next(String peer) {
    Runnable next;
    synchronized (this) {
      byPeer.computeIfPresent(peer, (same, count) -> count == 1 ? null : count - 1);
      next = waiting.poll();
      if (next == null) {
        running--;
      }
    }
    if (next != null) {
      next.run();
    }
  }
}

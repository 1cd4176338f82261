package io.millrace.packager.recording;

import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Copies objects from below one prefix to below another, some at a time. What is not there yet is
 * waited for. Confined to one context.
 */
final class ObjectCopy {
  /** So many segments are in memory at once. */
  private static final int AT_ONCE = 4;

  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Vertx vertx;
  private final ObjectStore store;
  private final String from;
  private final String to;
  private final int tries;
  private final Queue<Map.Entry<String, String>> left;
  private final Promise<Void> done = Promise.promise();
  private int underWay;
  private Optional<Throwable> failure = Optional.empty();

  /** An object that there is not, or no more. */
  static final class MissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingException(String key) {
      super("the store lacks " + key, null, false, false);
    }
  }

  /**
   * @param from with the {@code /} at the end, like {@code to}
   * @param patience how long to wait for what is not there
   * @param names behind the prefixes: of the copy, and of what it is a copy
   */
  ObjectCopy(
      Vertx vertx,
      ObjectStore store,
      String from,
      String to,
      Duration patience,
      Map<String, String> names) {
    this.vertx = vertx;
    this.store = store;
    this.from = from;
    this.to = to;
    this.tries = (int) patience.dividedBy(PAUSE);
    this.left = new ArrayDeque<>(names.entrySet());
  }

  /**
   * Copies all.
   *
   * @return completes when nothing is under way any more; fails with what failed first
   */
  Future<Void> run() {
    next();
    return done.future();
  }

  private void next() {
    while (failure.isEmpty() && underWay < AT_ONCE && !left.isEmpty()) {
      underWay++;
      copy(left.remove(), tries)
          .onComplete(
              copied -> {
                underWay--;
                if (copied.failed() && failure.isEmpty()) {
                  failure = Optional.of(copied.cause());
                }
                next();
              });
    }
    if (underWay == 0) {
      failure.ifPresentOrElse(done::tryFail, done::tryComplete);
    }
  }

  private Future<Void> copy(Map.Entry<String, String> names, int triesLeft) {
    String key = from + names.getValue();
    return store
        .get(key)
        .compose(
            found -> {
              if (found.isPresent()) {
                return store.put(to + names.getKey(), found.get().content()).mapEmpty();
              }
              return triesLeft == 0 || failure.isPresent()
                  ? Future.failedFuture(new MissingException(key))
                  : vertx
                      .timer(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                      .compose(v -> copy(names, triesLeft - 1));
            });
  }
}

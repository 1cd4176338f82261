package io.millrace.packager.recording;

import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Has the store copy objects from below one prefix to below another, a few at a time. What is not
 * there yet is waited for. Blocks the virtual thread that it is used on.
 */
final class ObjectCopy {
  /** So many at once: what is live goes to the same store. */
  private static final int AT_ONCE = 4;

  /** And so many before it is asked whether it may go on. */
  static final int BATCH = 32;

  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Vertx vertx;
  private final ObjectStore store;
  private final String from;
  private final String to;
  private final int tries;

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
   */
  ObjectCopy(Vertx vertx, ObjectStore store, String from, String to, Duration patience) {
    this.vertx = vertx;
    this.store = store;
    this.from = from;
    this.to = to;
    this.tries = (int) patience.dividedBy(PAUSE);
  }

  /**
   * Copies all. When it ends, well or not, nothing is under way any more.
   *
   * @param names behind the prefixes: of the copy, and of what it is a copy
   * @param between waits behind each batch until the next may be begun; what it throws ends all
   */
  void run(Map<String, String> names, Runnable between) {
    List<Map.Entry<String, String>> all = List.copyOf(names.entrySet());
    for (int next = 0; next < all.size(); next += BATCH) {
      batch(all.subList(next, Math.min(next + BATCH, all.size())));
      between.run();
    }
  }

  private void batch(List<Map.Entry<String, String>> names) {
    Queue<Map.Entry<String, String>> left = new ConcurrentLinkedQueue<>(names);
    List<Future<Void>> lanes = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      lanes.add(next(left));
    }
    Future.join(lanes).await();
  }

  private Future<Void> next(Queue<Map.Entry<String, String>> left) {
    Map.Entry<String, String> names = left.poll();
    return names == null
        ? Future.succeededFuture()
        : copy(names, tries).onFailure(failure -> left.clear()).compose(v -> next(left));
  }

  private Future<Void> copy(Map.Entry<String, String> names, int triesLeft) {
    String key = from + names.getValue();
    return store
        .copy(key, to + names.getKey())
        .compose(
            copied -> {
              if (copied) {
                return Future.succeededFuture();
              }
              return triesLeft == 0
                  ? Future.failedFuture(new MissingException(key))
                  : vertx
                      .timer(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                      .compose(v -> copy(names, triesLeft - 1));
            });
  }
}

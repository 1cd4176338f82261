package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Runs the steps of one key one after the other, in the order in which they came. Thread-safe. */
final class InOrder {
  private final Map<String, Future<Void>> last = new HashMap<>();

  /** Runs a step when the ones before it have ended, well or not. */
  <T> Future<T> run(String key, Supplier<Future<T>> step) {
    Promise<Void> ended = Promise.promise();
    Future<Void> mine = ended.future();
    Future<Void> before;
    synchronized (last) {
      before = last.getOrDefault(key, Future.succeededFuture());
      last.put(key, mine);
    }
    return before
        .compose(v -> step.get())
        .onComplete(
            done -> {
              synchronized (last) {
                last.remove(key, mine);
              }
              ended.complete();
            });
  }
}

package io.millrace.packager.origin;

import com.github.benmanes.caffeine.cache.Cache;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Has each thing made once for all who ask for it: those who ask while it is being made wait for
 * it. Each hears on its own context. What is not worth keeping, and what failed, is made again by
 * who asks next. Thread-safe.
 */
final class Once<K, V> {
  private final Cache<K, Future<V>> made;
  private final Predicate<V> keeps;

  /**
   * @param made holds what there is, and what is being made
   * @param keeps whether it is worth keeping
   */
  Once(Cache<K, Future<V>> made, Predicate<V> keeps) {
    this.made = made;
    this.keeps = keeps;
  }

  /**
   * Gives a thing.
   *
   * @param making begins to make it; called once for all who wait, on one of their contexts
   * @return on the caller's context, where it has one
   */
  Future<V> get(K key, Supplier<Future<V>> making) {
    Promise<V> mine = Promise.promise();
    Future<V> known = made.get(key, _ -> mine.future());
    if (known.equals(mine.future())) {
      Future.succeededFuture()
          .compose(_ -> making.get())
          .onComplete(
              result -> {
                if (result.failed() || !keeps.test(result.result())) {
                  made.invalidate(key);
                }
                mine.handle(result);
              });
    }
    if (known.isComplete()) {
      return known;
    }
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return known;
    }
    Promise<V> answer = Promise.promise();
    known.onComplete(result -> caller.runOnContext(_ -> answer.handle(result)));
    return answer.future();
  }
}

package io.millrace.broker.hub;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Questions that many ask in the same moment. While one is under way all who ask the same wait for
 * the next, which is put once for all of them; so nobody is told what was true before it asked.
 * Thread-safe.
 *
 * <pre>
 *   first ──────> asked ─────answer──> first
 *   second, third ... wait ──────────> asked ─────answer──> second, third
 * </pre>
 *
 * @param <K> question
 * @param <V> answer
 */
final class SharedQuestions<K, V> {
  private final Function<K, Future<V>> asked;

  /** Who waits for the next answer to each question that is under way; guarded by this. */
  private final Map<K, List<Promise<V>>> waiting = new HashMap<>();

  /**
   * @param asked puts a question; answers on any thread
   */
  SharedQuestions(Function<K, Future<V>> asked) {
    this.asked = asked;
  }

  /** An answer that is not older than this call, on the caller's context. */
  Future<V> ask(K question) {
    ContextInternal caller = ContextInternal.current();
    Promise<V> mine = caller == null ? Promise.promise() : caller.promise();
    synchronized (this) {
      List<Promise<V>> next = waiting.get(question);
      if (next != null) {
        next.add(mine);
        return mine.future();
      }
      waiting.put(question, new ArrayList<>(0));
    }
    put(question, List.of(mine));
    return mine.future();
  }

  private void put(K question, List<Promise<V>> forThese) {
    Future<V> answer;
    try {
      answer = asked.apply(question);
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(its -> answered(question, its, forThese));
  }

  private void answered(K question, AsyncResult<V> answer, List<Promise<V>> forThese) {
    List<Promise<V>> next;
    synchronized (this) {
      next = waiting.remove(question);
      if (next != null && !next.isEmpty()) {
        waiting.put(question, new ArrayList<>(0));
      }
    }
    forThese.forEach(one -> one.handle(answer));
    if (next != null && !next.isEmpty()) {
      put(question, next);
    }
  }
}

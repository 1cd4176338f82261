package io.millrace.storage;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts a store's calls, so that its end waits for them and lets no more in. Thread-safe. */
final class UnderWay {
  private final AtomicInteger count = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Promise<Void> drained = Promise.promise();

  /** A call begins; false when the store is closed, and then it must not. */
  boolean enter() {
    count.incrementAndGet();
    if (closed.get()) {
      leave();
      return false;
    }
    return true;
  }

  /** A call that began has ended. */
  void leave() {
    if (count.decrementAndGet() == 0) {
      drained.tryComplete();
    }
  }

  /**
   * A call that began has its answer: tells the caller on its context, and has ended then. A caller
   * whose Vert.x is closed meanwhile is told nothing.
   */
  <T> void answer(@Nullable Context caller, Promise<T> promise, AsyncResult<T> answer) {
    if (caller == null) {
      promise.handle(answer);
      leave();
      return;
    }
    try {
      caller.runOnContext(
          v -> {
            promise.handle(answer);
            leave();
          });
    } catch (RejectedExecutionException e) {
      leave();
    }
  }

  /** Lets nobody in any more; completes when every call has ended. */
  Future<Void> close() {
    if (closed.compareAndSet(false, true)) {
      leave();
    }
    return drained.future();
  }

  /** What a call that was not let in is answered. */
  static <T> Future<T> refused(String operation, String key) {
    return Future.failedFuture(
        new StorageException(
            StorageException.Reason.UNAVAILABLE,
            operation + " " + key + ": the store is closed",
            null));
  }
}

package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

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

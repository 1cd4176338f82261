package io.millrace.broker.index;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The one thread on which snapshots are read and written. Thread-safe. */
final class IndexDisk {
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("broker-index").daemon().factory());

  /**
   * Does something next.
   *
   * @return completes on the caller's context, on that thread where there is none; fails when all
   *     is closed
   */
  <T> Future<T> run(Supplier<T> task) {
    ContextInternal context = ContextInternal.current();
    Promise<T> done = context == null ? Promise.promise() : context.promise();
    try {
      thread.execute(
          () -> {
            try {
              done.complete(task.get());
            } catch (RuntimeException e) {
              done.fail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      done.fail(e);
    }
    return done.future();
  }

  /**
   * Does something now and then.
   *
   * @param task throws nothing
   */
  void every(Duration interval, Runnable task) {
    long millis = interval.toMillis();
    var _ = thread.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Waits for what was given to {@link #run}. */
  void close() {
    thread.close();
  }
}

package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a log does what blocks: one thing after another, on a virtual thread. Futures complete on
 * the context that asked, and fail with {@link LogException}. Thread-safe.
 */
final class ControlThread {
  private static final Logger LOGGER = LoggerFactory.getLogger(ControlThread.class);

  private final Vertx vertx;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("kafka-namespaces").factory());

  ControlThread(Vertx vertx) {
    this.vertx = vertx;
  }

  <T> Future<T> run(Callable<T> work) {
    Promise<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    try {
      executor.execute(() -> answer(promise, work));
    } catch (RejectedExecutionException e) {
      promise.fail(new LogException(Reason.UNAVAILABLE, "the log is closed", e));
    }
    return promise.future();
  }

  /**
   * Tells who asked; where the event loops have ended meanwhile, as when a start was given up while
   * the cluster was away, nobody waits for it.
   */
  private static <T> void answer(Promise<T> promise, Callable<T> work) {
    try {
      tell(promise, work);
    } catch (RejectedExecutionException e) {
      LOGGER.atDebug().setCause(e).log("nobody waits any more for what the log has done");
    }
  }

  private static <T> void tell(Promise<T> promise, Callable<T> work) {
    T result;
    try {
      result = work.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      promise.fail(KafkaFailures.translate(e));
      return;
    } catch (Exception e) {
      promise.fail(KafkaFailures.translate(e));
      return;
    }
    promise.complete(result);
  }

  /** What somebody else does, as a future of the same kind. */
  <T> Future<T> of(CompletionStage<T> stage) {
    Promise<T> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    stage.whenComplete(
        (result, error) -> {
          if (error == null) {
            promise.complete(result);
          } else {
            promise.fail(KafkaFailures.translate(error));
          }
        });
    return promise.future();
  }

  /** Takes nothing more; what waits is done. */
  void close() {
    executor.shutdown();
  }
}

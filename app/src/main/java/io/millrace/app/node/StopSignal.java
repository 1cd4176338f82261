package io.millrace.app.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Hears that the process is told to end (SIGTERM, SIGINT) from its opening to its closing. The JVM
 * halts when its shutdown hooks are done, so the hook lasts until {@link #close}, which is called
 * when everything has stopped: a clean stop then exits with 0, one that took too long with 1. A
 * signal that comes while the node still starts is answered when it has, or by those parts of the
 * start that {@linkplain #onRequest hear} of it. Thread-safe.
 */
public final class StopSignal implements AutoCloseable {
  private final CompletableFuture<Void> requested = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook;

  private StopSignal(Duration timeout) {
    hook = new Thread(() -> stop(timeout), "stop");
  }

  /**
   * @param timeout how long the stop may take before the process ends without it
   */
  public static StopSignal listen(Duration timeout) {
    StopSignal signal = new StopSignal(timeout);
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** One that never comes. */
  static StopSignal never() {
    return new StopSignal(Duration.ZERO);
  }

  /**
   * When the process is told to end, or at once when it was.
   *
   * @param told must not block; called on any thread
   */
  void onRequest(Runnable told) {
    var _ = requested.thenRun(told);
  }

  /** Whether the process was told to end. */
  boolean isRequested() {
    return requested.isDone();
  }

  /** Blocks until the process is told to end. */
  public void await() {
    try {
      requested.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("it never fails", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Everything has stopped: a process that was told to end ends now, another one goes on. */
  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook sees the latch and halts.
    }
  }

  private void stop(Duration timeout) {
    requested.complete(null);
    boolean clean = false;
    try {
      clean = closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(clean ? 0 : 1);
  }
}

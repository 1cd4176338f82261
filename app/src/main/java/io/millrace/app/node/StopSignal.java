package io.millrace.app.node;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Hears that the process is told to end (SIGTERM, SIGINT) from its opening to its closing. The JVM
 * halts when its shutdown hooks are done, so the hook lasts until {@link #close}, which is called
 * when everything has stopped: a clean stop then exits with 0, one that took too long with 1. A
 * signal that comes while the node still starts is answered when it has.
 */
public final class StopSignal implements AutoCloseable {
  private final CountDownLatch requested = new CountDownLatch(1);
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

  /** Blocks until the process is told to end. */
  public void await() {
    try {
      requested.await();
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
    requested.countDown();
    boolean clean = false;
    try {
      clean = closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(clean ? 0 : 1);
  }
}

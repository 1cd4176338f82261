package io.millrace.broker;

import io.millrace.broker.log.LogException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what is to be done now and then, on a thread of its own, which may block. */
final class Caretaker implements AutoCloseable {
  /** What is done. */
  interface Work {
    void run() throws InterruptedException;
  }

  private static final Logger LOGGER = LoggerFactory.getLogger(Caretaker.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("broker-care").factory());

  /**
   * Does something again and again.
   *
   * @param pause between two times, about: nodes that began together do not stay together
   */
  void every(Duration pause, Work work) {
    long millis = pause.toMillis() + ThreadLocalRandom.current().nextLong(1 + pause.toMillis() / 2);
    var _ = thread.scheduleWithFixedDelay(() -> run(work), millis, millis, TimeUnit.MILLISECONDS);
  }

  private static void run(Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (LogException e) {
      LOGGER.atDebug().setCause(e).log("the log does not do it now; it is tried again");
    } catch (RuntimeException e) {
      LOGGER.atError().setCause(e).log("what the broker does now and then has failed");
    }
  }

  /** Interrupts what is being done. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}

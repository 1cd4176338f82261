package io.millrace.e2e;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Publishes 0, 1, 2, … at a rate, whatever becomes of the server, until it is stopped. */
final class SteadyPublisher implements AutoCloseable {
  private final Function<String, CompletableFuture<?>> publish;
  private final Duration interval;
  private final List<CompletableFuture<?>> results = new CopyOnWriteArrayList<>();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final Thread thread;
  private volatile boolean isStopped;

  /**
   * @param publish completes when the message is acknowledged; may wait for room
   */
  SteadyPublisher(Function<String, CompletableFuture<?>> publish, Duration interval) {
    this.publish = publish;
    this.interval = interval;
    this.thread = Thread.ofVirtual().start(this::run);
  }

  private void run() {
    for (int i = 0; !isStopped; i++) {
      results.add(publish.apply(Integer.toString(i)).thenRun(acknowledged::incrementAndGet));
      // A rate, nothing to wait for.
      LockSupport.parkNanos(interval.toNanos());
    }
  }

  int acknowledged() {
    return acknowledged.get();
  }

  /**
   * Waits until all is acknowledged.
   *
   * @return everything that was published, in order
   */
  List<String> finish() throws InterruptedException {
    isStopped = true;
    thread.join();
    CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new)).join();
    return IntStream.range(0, results.size()).mapToObj(Integer::toString).toList();
  }

  @Override
  public void close() {
    isStopped = true;
  }
}

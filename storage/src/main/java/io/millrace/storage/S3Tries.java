package io.millrace.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests to a bucket, so many at once, and makes them again after a pause while the failure
 * may pass. Blocks, on virtual threads. Thread-safe.
 */
final class S3Tries {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final long TROUBLE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final S3Config config;
  private final StorageMetrics metrics;
  private final LongSupplier nanos;
  private final Semaphore connections;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Since when no request goes well; null while they do. */
  private final AtomicReference<@Nullable Failing> failing = new AtomicReference<>();

  private record Failing(long since, String reason) {}

  S3Tries(S3Config config, StorageMetrics metrics, LongSupplier nanos) {
    this.config = config;
    this.metrics = metrics;
    this.nanos = nanos;
    connections = new Semaphore(config.connections(), true);
  }

  /** One try. */
  interface Attempt<T> {
    T make() throws S3Failure;
  }

  /**
   * Tries until it goes well, the failure is one that stays, or the time is up.
   *
   * @throws StorageException with what the last try failed with
   */
  <T> T until(String operation, String key, Attempt<T> attempt) {
    Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, ThreadLocalRandom.current());
    long started = System.nanoTime();
    while (true) {
      S3Failure failure;
      try {
        T done = oneOfSome(operation, key, attempt);
        failing.set(null);
        return done;
      } catch (S3Failure e) {
        failure = e;
      }
      String reason = String.valueOf(failure.getMessage());
      if (failure.isPassing()) {
        failing.updateAndGet(
            before -> new Failing(before == null ? nanos.getAsLong() : before.since(), reason));
      }
      long pause = backoff.nextMillis();
      long after = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) + pause;
      if (!failure.isPassing()
          || after > config.retryFor().toMillis()
          || isClosedWithin(Duration.ofMillis(pause))) {
        throw failure.forCaller(operation, key);
      }
      metrics.retried(operation);
    }
  }

  /** Who waits for a connection while the store hangs does not wait for all that came before. */
  private <T> T oneOfSome(String operation, String key, Attempt<T> attempt) throws S3Failure {
    try {
      long patience = config.retryFor().plus(config.requestTimeout()).toMillis();
      if (!connections.tryAcquire(patience, TimeUnit.MILLISECONDS)) {
        throw new StorageException(
            StorageException.Reason.UNAVAILABLE,
            operation + " " + key + ": all of storage.s3.connections are busy",
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    try {
      return attempt.make();
    } finally {
      connections.release();
    }
  }

  /** Why the bucket has not answered well for some seconds. */
  Optional<String> trouble() {
    Failing its = failing.get();
    return its != null && nanos.getAsLong() - its.since() >= TROUBLE_NANOS
        ? Optional.of(its.reason())
        : Optional.empty();
  }

  /** No further tries are made. */
  void close() {
    closing.countDown();
  }

  /** Waits; true when the store was closed before the end. */
  boolean isClosedWithin(Duration pause) {
    try {
      return closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}

package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What has been given to the log and is not acknowledged, in bytes, with its bound. */
final class PendingBytes {
  private final AtomicLong pending = new AtomicLong();
  private final long bound;
  private final Supplier<Optional<String>> outage;

  /**
   * @param outage why the log takes nothing now, for people
   */
  PendingBytes(long bound, Supplier<Optional<String>> outage) {
    this.bound = bound;
    this.outage = outage;
  }

  /** Adds; or says why not. */
  @Nullable LogException add(int bytes) {
    Optional<String> words = outage.get();
    if (words.isPresent()) {
      return new LogException(Reason.UNAVAILABLE, words.get());
    }
    if (pending.addAndGet(bytes) <= bound) {
      return null;
    }
    pending.addAndGet(-bytes);
    return new LogException(Reason.OVERLOADED, "too much waits for the log already");
  }

  /** Why what was under way has failed: for want of room where that is so. */
  LogException failure(Exception error) {
    Optional<String> words = outage.get();
    return error instanceof TimeoutException && words.isPresent()
        ? new LogException(Reason.UNAVAILABLE, words.get(), error)
        : KafkaFailures.translate(error);
  }

  void remove(int bytes) {
    pending.addAndGet(-bytes);
  }

  long get() {
    return pending.get();
  }
}

package io.millrace.broker.kafka;

import java.util.concurrent.atomic.AtomicLong;

/** What has been given to the log and is not acknowledged, in bytes, with its bound. */
final class PendingBytes {
  private final AtomicLong pending = new AtomicLong();
  private final long bound;

  PendingBytes(long bound) {
    this.bound = bound;
  }

  /** Adds, unless the bound would be passed. */
  boolean tryAdd(int bytes) {
    if (pending.addAndGet(bytes) <= bound) {
      return true;
    }
    pending.addAndGet(-bytes);
    return false;
  }

  void remove(int bytes) {
    pending.addAndGet(-bytes);
  }

  long get() {
    return pending.get();
  }
}

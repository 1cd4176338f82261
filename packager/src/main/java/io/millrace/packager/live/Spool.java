package io.millrace.packager.live;

import io.millrace.packager.PackagerMetrics;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of this node's segments wait for the store; bounded. Thread-safe. */
public final class Spool {
  private final long limit;
  private final PackagerMetrics metrics;
  private final AtomicLong bytes = new AtomicLong();

  public Spool(long limit, PackagerMetrics metrics) {
    this.limit = limit;
    this.metrics = metrics;
  }

  /** Takes room; false when there is not enough. */
  boolean take(long size) {
    long before = bytes.getAndAdd(size);
    if (before + size > limit) {
      bytes.addAndGet(-size);
      return false;
    }
    metrics.spooled(before + size);
    return true;
  }

  void giveBack(long size) {
    metrics.spooled(bytes.addAndGet(-size));
  }
}

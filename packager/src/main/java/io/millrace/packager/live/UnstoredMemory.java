package io.millrace.packager.live;

import io.millrace.packager.PackagerMetrics;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of this node's segments are in memory only, because the store has not confirmed
 * them. Above the limit each broadcast keeps no more than its playlists must. Thread-safe.
 */
final class UnstoredMemory {
  private final long limit;
  private final PackagerMetrics metrics;
  private final AtomicLong bytes = new AtomicLong();

  UnstoredMemory(long limit, PackagerMetrics metrics) {
    this.limit = limit;
    this.metrics = metrics;
  }

  /** One broadcast's share has changed. */
  void changed(long before, long after) {
    if (before != after) {
      metrics.unstoredBytes(bytes.addAndGet(after - before));
    }
  }

  boolean isOver() {
    return bytes.get() > limit;
  }
}

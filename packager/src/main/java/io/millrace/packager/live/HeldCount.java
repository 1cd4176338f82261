package io.millrace.packager.live;

import io.millrace.packager.PackagerMetrics;
import java.util.concurrent.atomic.AtomicInteger;

/** How many requests of this node wait for what is not listed yet. Thread-safe. */
final class HeldCount {
  private final int most;
  private final AtomicInteger now = new AtomicInteger();

  HeldCount(int most, PackagerMetrics metrics) {
    this.most = most;
    metrics.observeHeld(now::get);
  }

  /** False when too many wait already. */
  boolean enter() {
    if (now.incrementAndGet() <= most) {
      return true;
    }
    now.decrementAndGet();
    return false;
  }

  void leave() {
    now.decrementAndGet();
  }
}

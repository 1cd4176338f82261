package io.millrace.http;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections one listener has, on all its event loops, and may have. Thread-safe. */
final class ConnectionLimit {
  private final int most;
  private final HttpMetrics metrics;
  private final AtomicInteger inside = new AtomicInteger();

  ConnectionLimit(int most, HttpMetrics metrics) {
    this.most = most;
    this.metrics = metrics;
  }

  /** Whether a new connection may stay; then {@link #leave} follows once when it is closed. */
  boolean enter() {
    if (inside.incrementAndGet() > most) {
      inside.decrementAndGet();
      metrics.refused("too-many-connections");
      return false;
    }
    return true;
  }

  void leave() {
    inside.decrementAndGet();
  }

  /** Connections now; those in their TLS handshake among them. */
  int inside() {
    return inside.get();
  }
}

package io.millrace.http;

import java.time.Duration;
import java.util.Optional;

/**
 * When a connection has kept us waiting too long for a request. Pure; times are of one monotonic
 * clock, in milliseconds.
 *
 * <pre>
 *   opened ──(first head before headerTimeout)──> busy ──(last answer ends)──> quiet
 *                                                  ^──(next head before idleTimeout)──┘
 * </pre>
 *
 * Bytes alone do not count: a client that sends a header a byte at a time is as late as a silent
 * one. While a request is in hand nothing expires here (its own deadlines hold).
 */
final class ConnectionWatch {
  private final long headerTimeoutMillis;
  private final long idleTimeoutMillis;
  private boolean served;
  private int inHand;
  private long quietSince;

  ConnectionWatch(Duration headerTimeout, Duration idleTimeout, long now) {
    this.headerTimeoutMillis = headerTimeout.toMillis();
    this.idleTimeoutMillis = idleTimeout.toMillis();
    this.quietSince = now;
  }

  void requestStarted() {
    served = true;
    inHand++;
  }

  void requestEnded(long now) {
    inHand--;
    quietSince = now;
  }

  /** The reason to close the connection now, a word for the counter. */
  Optional<String> expired(long now) {
    if (inHand > 0) {
      return Optional.empty();
    }
    long quiet = now - quietSince;
    if (!served && quiet >= headerTimeoutMillis) {
      return Optional.of("header-timeout");
    }
    return served && quiet >= idleTimeoutMillis ? Optional.of("idle") : Optional.empty();
  }
}

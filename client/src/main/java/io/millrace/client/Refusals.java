package io.millrace.client;

import java.time.Duration;

/**
 * For how long a client that was let in before may be refused when it comes again: as one is that
 * comes before its next token is there. Only refusals in a row count: while the server is away, or
 * cannot tell whether a token is good, nobody has refused it. Guarded by its connector's lock.
 */
final class Refusals {
  private final Duration most;
  private boolean wasIn;
  private boolean isRefused;
  private long since;

  Refusals(Duration most) {
    this.most = most;
  }

  void letIn() {
    wasIn = true;
    isRefused = false;
  }

  /** It came and was not told whether it may. */
  void unanswered() {
    isRefused = false;
  }

  /** It was refused; whether that may pass. */
  boolean mayPass(long nowNanos) {
    if (!wasIn) {
      return false;
    }
    if (!isRefused) {
      isRefused = true;
      since = nowNanos;
    }
    return nowNanos - since < most.toNanos();
  }
}

package io.millrace.media;

import java.time.Duration;

/**
 * How long a broadcast still waits for a publisher. Only media ends a wait: a publisher that comes,
 * brings nothing and goes does not make it longer. Pure; times are of {@link System#nanoTime}.
 */
final class Grace {
  private boolean running;
  private long endsNanos;

  /**
   * There is no publisher any more.
   *
   * @param whole how long to wait where no wait is running already
   * @return how long to wait from now on; negative when it is over
   */
  Duration waitFor(Duration whole, long nowNanos) {
    if (!running) {
      running = true;
      endsNanos = nowNanos + whole.toNanos();
    }
    return Duration.ofNanos(endsNanos - nowNanos);
  }

  /** Media has come. */
  void over() {
    running = false;
  }
}

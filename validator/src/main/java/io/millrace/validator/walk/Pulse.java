package io.millrace.validator.walk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine kept the validator itself waiting, so that a slow client is not taken for a
 * slow server. A virtual thread that wants to run every few milliseconds. Any thread may ask.
 */
final class Pulse {
  private static final long BEAT_NANOS = 10_000_000L;
  private static final long TELLING_NANOS = 10_000_000L;
  private static final int KEPT = 1000;

  private record Stall(long endNanos, long nanos) {}

  private final Deque<Stall> stalls = new ArrayDeque<>();
  private boolean beats;

  /** Starts, once. */
  synchronized void start(HlsWalker walker) {
    if (!beats) {
      beats = true;
      Thread.ofVirtual().name("pulse").start(() -> run(walker));
    }
  }

  private void run(HlsWalker walker) {
    long last = System.nanoTime();
    while (!walker.isClosed()) {
      LockSupport.parkNanos(BEAT_NANOS);
      long now = System.nanoTime();
      if (now - last - BEAT_NANOS > TELLING_NANOS) {
        stalled(now, now - last - BEAT_NANOS);
      }
      last = now;
    }
  }

  /** Notes that nothing ran for so long, up to then. */
  synchronized void stalled(long endNanos, long nanos) {
    stalls.addLast(new Stall(endNanos, nanos));
    if (stalls.size() > KEPT) {
      stalls.removeFirst();
    }
  }

  /** How long nothing ran within a time, altogether. */
  synchronized long stalledNanos(long fromNanos, long toNanos) {
    long sum = 0;
    for (Stall stall : stalls) {
      long from = Math.max(fromNanos, stall.endNanos() - stall.nanos());
      sum += Math.max(0, Math.min(toNanos, stall.endNanos()) - from);
    }
    return sum;
  }
}

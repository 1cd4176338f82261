package io.millrace.broker.hub;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The subscriptions of one event loop that read what was before, in turns: together they have so
 * much of a pass of the loop, and who is left goes on behind the sockets and tasks of the next one.
 * However many come back at once, live messages wait for one such part, and what is read of the log
 * for them is bounded. Belongs to the event loop.
 *
 * <pre>
 *   turn ──time left in this pass──> some messages ──more, or no time──> waits ──next pass──> …
 * </pre>
 */
final class CatchUps {
  /** One who reads what was before. */
  interface Member {
    /** Goes on a little way. Returns whether it wants another turn at once. */
    boolean some();
  }

  private static final long SHARE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** How many have a part of the log read, or have one in hand, at the same time. */
  private static final int MOST_READS = 8;

  /** How many of them may be further attempts: what fails may take seconds until it does. */
  private static final int MOST_AGAIN = 2;

  private final HubLoop loop;
  private final LongSupplier nanoTime;
  private final Queue<Member> waiting = new ArrayDeque<>();
  private final Queue<Member> forTheLog = new ArrayDeque<>();
  private final Queue<Member> forTheLogAgain = new ArrayDeque<>();
  private int reads;
  private int readsAgain;

  /** In this pass. */
  private long spent;

  private boolean isArmed;

  CatchUps(HubLoop loop, LongSupplier nanoTime) {
    this.loop = loop;
    this.nanoTime = nanoTime;
  }

  /** Has its turn now, or behind those who wait. */
  void turn(Member member) {
    if (spent >= SHARE_NANOS || !waiting.isEmpty()) {
      waiting.add(member);
      arm();
    } else {
      give(member);
    }
  }

  /**
   * Whether it may read the log now; else it has another turn when somebody {@link #hasRead}.
   *
   * @param isAgain whether what it read last has failed
   */
  boolean mayRead(Member member, boolean isAgain) {
    if (reads == MOST_READS || (isAgain && readsAgain == MOST_AGAIN)) {
      (isAgain ? forTheLogAgain : forTheLog).add(member);
      return false;
    }
    reads++;
    readsAgain += isAgain ? 1 : 0;
    return true;
  }

  /**
   * What one has read was offered, or is not wanted any more.
   *
   * @param isAgain as it was said
   */
  void hasRead(boolean isAgain) {
    reads--;
    readsAgain -= isAgain ? 1 : 0;
    if (somebodyMayRead()) {
      arm();
    }
  }

  private boolean somebodyMayRead() {
    return reads < MOST_READS
        && (!forTheLog.isEmpty() || (readsAgain < MOST_AGAIN && !forTheLogAgain.isEmpty()));
  }

  private void give(Member member) {
    long begun = nanoTime.getAsLong();
    try {
      if (member.some()) {
        waiting.add(member);
      }
    } finally {
      spent += nanoTime.getAsLong() - begun;
      arm();
    }
  }

  private void arm() {
    if (!isArmed) {
      isArmed = true;
      loop.inNextPass(this::nextPass);
    }
  }

  private void nextPass() {
    isArmed = false;
    spent = 0;
    int free = MOST_READS - reads;
    for (; free > 0 && !forTheLog.isEmpty(); free--) {
      waiting.add(forTheLog.remove());
    }
    int freeAgain = Math.min(free, MOST_AGAIN - readsAgain);
    for (; freeAgain > 0 && !forTheLogAgain.isEmpty(); freeAgain--) {
      waiting.add(forTheLogAgain.remove());
    }
    try {
      while (spent < SHARE_NANOS && !waiting.isEmpty()) {
        give(waiting.remove());
      }
    } finally {
      if (!waiting.isEmpty() || somebodyMayRead()) {
        arm();
      }
      loop.flush();
    }
  }
}

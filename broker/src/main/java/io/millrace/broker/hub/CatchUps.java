package io.millrace.broker.hub;

import io.millrace.broker.log.PartitionRef;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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

  private final HubLoop loop;
  private final LongSupplier nanoTime;
  private final Queue<Member> waiting = new ArrayDeque<>();
  private final ReadPlaces places = new ReadPlaces();

  /** In this pass. */
  private long spent;

  private boolean isArmed;

  /** Whether those who have no answer are looked at in a while. */
  private boolean isWatching;

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
   * A place to read the log now; without one it has another turn when it may.
   *
   * @param isAgain whether what it read last has failed
   */
  ReadPlaces.@Nullable Place mayRead(Member member, PartitionRef partition, boolean isAgain) {
    ReadPlaces.Place place = places.take(member, partition, isAgain, nanoTime.getAsLong());
    watch();
    return place;
  }

  /**
   * As {@link ReadPlaces#answered}; what has come is in hand until {@link #hasRead}.
   *
   * @param isRead whether it did not fail
   */
  void answered(ReadPlaces.Place place, boolean isRead) {
    places.answered(place, isRead);
    goOn();
  }

  /** What one has read was offered, or is not wanted any more. */
  void hasRead(ReadPlaces.Place place) {
    places.leave(place);
    goOn();
  }

  private void goOn() {
    if (places.mayAnybody()) {
      arm();
    }
  }

  private void watch() {
    if (!isWatching && places.isAnybodyUnanswered()) {
      isWatching = true;
      loop.later(ReadPlaces.PATIENCE_MILLIS / 2, this::look);
    }
  }

  private void look() {
    isWatching = false;
    places.look(nanoTime.getAsLong());
    goOn();
    watch();
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
    places.admit(waiting);
    try {
      while (spent < SHARE_NANOS && !waiting.isEmpty()) {
        give(waiting.remove());
      }
    } finally {
      if (!waiting.isEmpty() || places.mayAnybody()) {
        arm();
      }
      loop.flush();
    }
  }
}

package io.millrace.broker.hub;

import io.millrace.broker.hub.CatchUps.Member;
import io.millrace.broker.log.PartitionRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who may have a part of the log read, of those who catch up on one event loop: so many at the same
 * time, since what is read and not offered yet lies in memory. Who waits for a partition that does
 * not answer (one without a leader fails a read only after seconds) holds no place of those, and
 * one at a time finds out for the others whether it does again. Belongs to the event loop.
 *
 * <pre>
 *   take ──> has a place ──answered──> offers it ──leave──> (free)
 *                  └──no answer for long──> has none: its partition is silent
 *                                             ├──answered──> has one: nobody waits for it any more
 *                                             └──failed──> (free) the next who waits for it asks
 * </pre>
 */
final class ReadPlaces {
  /** How many have a part of the log read, or have one in hand, at the same time. */
  static final int MOST = 8;

  /** How many of them may be further attempts: what fails may take seconds until it does. */
  static final int MOST_AGAIN = 2;

  /** How long a read has its place without an answer. */
  static final long PATIENCE_MILLIS = 500;

  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);

  /** Of one who reads, until it {@link #leave leaves}. */
  static final class Place {
    private final PartitionRef partition;
    private final long since;
    private boolean isAgain;
    private boolean isCounted = true;

    /** What it waits in, without being counted. */
    private @Nullable Silence silence;

    private Place(PartitionRef partition, long since, boolean isAgain) {
      this.partition = partition;
      this.since = since;
      this.isAgain = isAgain;
    }
  }

  /** A partition that does not answer. */
  private static final class Silence {
    private final Queue<Member> waiting = new ArrayDeque<>();

    /** How many have asked, and have no answer. */
    private int asking;
  }

  private final Queue<Member> waiting = new ArrayDeque<>();
  private final Queue<Member> waitingAgain = new ArrayDeque<>();
  private final Set<Place> unanswered = new HashSet<>();
  private final Map<PartitionRef, Silence> silences = new HashMap<>();
  private int taken;
  private int takenAgain;

  /**
   * Gives a place, or none for now: then the member is among those who are {@link #admit let in}
   * later.
   *
   * @param isAgain whether what it read last has failed
   */
  @Nullable Place take(Member member, PartitionRef partition, boolean isAgain, long now) {
    Silence silence = silences.get(partition);
    if (silence != null) {
      return ask(member, partition, silence, now);
    }
    if (taken >= MOST || (isAgain && takenAgain >= MOST_AGAIN)) {
      (isAgain ? waitingAgain : waiting).add(member);
      return null;
    }
    Place place = new Place(partition, now, isAgain);
    count(place, 1);
    unanswered.add(place);
    return place;
  }

  private static @Nullable Place ask(
      Member member, PartitionRef partition, Silence silence, long now) {
    if (silence.asking > 0) {
      silence.waiting.add(member);
      return null;
    }
    Place place = new Place(partition, now, false);
    place.isCounted = false;
    place.silence = silence;
    silence.asking++;
    return place;
  }

  private void count(Place place, int change) {
    taken += change;
    takenAgain += place.isAgain ? change : 0;
  }

  /**
   * What one waited for has come.
   *
   * @param isRead whether it did not fail
   */
  void answered(Place place, boolean isRead) {
    unanswered.remove(place);
    Silence silence = place.silence;
    if (silence == null) {
      return;
    }
    place.silence = null;
    silence.asking--;
    if (isRead) {
      // What it has in hand counts, also where there are as many without it.
      place.isAgain = false;
      place.isCounted = true;
      count(place, 1);
      if (silences.remove(place.partition, silence)) {
        waiting.addAll(silence.waiting);
        silence.waiting.clear();
      }
    } else if (silence.asking == 0 && silence.waiting.isEmpty()) {
      silences.remove(place.partition, silence);
    }
  }

  /** What one has read was offered, or is not wanted any more. */
  void leave(Place place) {
    answered(place, false);
    if (place.isCounted) {
      place.isCounted = false;
      count(place, -1);
    }
  }

  /** Takes their places from those who have had no answer for long. */
  void look(long now) {
    for (Place place : List.copyOf(unanswered)) {
      if (now - place.since >= PATIENCE) {
        unanswered.remove(place);
        count(place, -1);
        place.isCounted = false;
        Silence silence = silences.computeIfAbsent(place.partition, none -> new Silence());
        silence.asking++;
        place.silence = silence;
      }
    }
  }

  /** Whether there is anybody to {@link #look} at. */
  boolean isAnybodyUnanswered() {
    return !unanswered.isEmpty();
  }

  /** Whether {@link #admit} lets somebody in now. */
  boolean mayAnybody() {
    return (taken < MOST
            && (!waiting.isEmpty() || (takenAgain < MOST_AGAIN && !waitingAgain.isEmpty())))
        || silences.values().stream().anyMatch(ReadPlaces::isToBeAsked);
  }

  private static boolean isToBeAsked(Silence silence) {
    return silence.asking == 0 && !silence.waiting.isEmpty();
  }

  /** Gives those who may try again to have a place. */
  void admit(Queue<Member> to) {
    int free = Math.max(0, MOST - taken);
    for (; free > 0 && !waiting.isEmpty(); free--) {
      to.add(waiting.remove());
    }
    int freeAgain = Math.min(free, MOST_AGAIN - takenAgain);
    for (; freeAgain > 0 && !waitingAgain.isEmpty(); freeAgain--) {
      to.add(waitingAgain.remove());
    }
    for (PartitionRef partition : new ArrayList<>(silences.keySet())) {
      Silence silence = silences.get(partition);
      if (silence != null && isToBeAsked(silence)) {
        to.add(silence.waiting.remove());
      } else if (silence != null && silence.asking == 0) {
        // The last who was to ask has ended before it could.
        silences.remove(partition);
      }
    }
  }
}

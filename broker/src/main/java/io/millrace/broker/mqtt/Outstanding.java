package io.millrace.broker.mqtt;

import io.millrace.broker.mqtt.StoredSession.Place;
import io.millrace.broker.position.Offsets;
import io.millrace.broker.position.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a shared subscription that were dealt and have not arrived. A generation of the
 * log is read to its end before the next one, so there may be some of two. Not thread-safe.
 */
final class Outstanding {
  /**
   * What is dealt.
   *
   * @param life of the namespace: one that is made anew has the same places again, with other
   *     messages
   */
  record Dealt(Place place, int life) {}

  /** What was dealt of one generation of the log, by partition. */
  private static final class Generation {
    private final Map<Integer, TreeSet<Long>> offsets = new HashMap<>();
    private @Nullable Position reached;

    private boolean isEmpty() {
      return offsets.isEmpty();
    }

    private boolean add(Place place) {
      return offsets
          .computeIfAbsent(place.partition(), none -> new TreeSet<>())
          .add(place.offset());
    }

    private boolean remove(Place place) {
      TreeSet<Long> there = offsets.get(place.partition());
      if (there == null || !there.remove(place.offset())) {
        return false;
      }
      if (there.isEmpty()) {
        offsets.remove(place.partition());
      }
      return true;
    }

    private Position atMost(Position at) {
      return switch (at) {
        case Position.OfTopic its ->
            new Position.OfTopic(
                its.cluster(),
                its.generation(),
                its.partition(),
                atMost(its.partition(), its.next()),
                its.timeMillis());
        case Position.OfFilter its -> {
          long[] next = its.next().toArray();
          for (int i = 0; i < next.length; i++) {
            next[i] = atMost(i, next[i]);
          }
          yield new Position.OfFilter(
              its.cluster(), its.generation(), Offsets.of(next), its.timeMillis());
        }
      };
    }

    private long atMost(int partition, long next) {
      TreeSet<Long> there = offsets.get(partition);
      return there == null ? next : Math.min(next, there.first());
    }
  }

  private final TreeMap<Integer, Generation> generations = new TreeMap<>();

  private int life;

  /** The namespace is gone: what was dealt of it means nothing any more. */
  void clear() {
    generations.clear();
    life++;
  }

  /** Which namespace of its name it is now. */
  int life() {
    return life;
  }

  /** Whether it is of the namespace as it is now. */
  boolean isOfNow(Dealt one) {
    return one.life == life;
  }

  /** Whether it was not there, and is of the namespace as it is now. */
  boolean add(Dealt one) {
    return isOfNow(one) && of(one.place.generation()).add(one.place);
  }

  private Generation of(int generation) {
    return generations.computeIfAbsent(generation, none -> new Generation());
  }

  /** Whether it was there. */
  boolean remove(Dealt one) {
    Generation its = isOfNow(one) ? generations.get(one.place.generation()) : null;
    return its != null && its.remove(one.place);
  }

  /** The group's reader begins in a generation: what is of later ones is dealt again. */
  void beginsIn(int generation) {
    generations.tailMap(generation, false).clear();
  }

  /** The group's reader has come so far. */
  void reached(Position position) {
    generations.values().removeIf(Generation::isEmpty);
    of(position.generation()).reached = position;
  }

  /**
   * The position that was {@link #reached} last, or where the first of these messages is when that
   * is before it, by partition; of an earlier generation while there are some of that.
   *
   * @param but messages that do not count
   * @return null when nothing was reached
   */
  @Nullable Position position(List<Dealt> but) {
    List<Dealt> removed = but.stream().filter(this::remove).toList();
    Position lowest = null;
    for (Generation one : generations.values()) {
      if (one.reached != null) {
        lowest = one.atMost(one.reached);
        if (!one.isEmpty()) {
          break;
        }
      }
    }
    removed.forEach(this::add);
    return lowest;
  }
}

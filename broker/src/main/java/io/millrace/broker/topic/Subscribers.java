package io.millrace.broker.topic;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one filter, in no particular order: a dense array, which is copied at once,
 * and beside it, when they are more than a few, where each of them stands. Adding and removing take
 * the same time however many there are.
 */
final class Subscribers<S> {
  /** Up to so many are searched in the array. */
  private static final int FEW = 8;

  private @Nullable Object[] members = new @Nullable Object[1];
  private int size;
  private @Nullable Map<S, Integer> places;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Whether the subscriber is new. */
  boolean add(S subscriber) {
    if (placeOf(subscriber) >= 0) {
      return false;
    }
    if (size == members.length) {
      members = Arrays.copyOf(members, size * 2);
    }
    members[size] = subscriber;
    if (places != null) {
      places.put(subscriber, size);
    } else if (size == FEW) {
      places = new HashMap<>();
      for (int i = 0; i <= size; i++) {
        places.put(member(i), i);
      }
    }
    size++;
    return true;
  }

  /** Whether the subscriber was there. Its place is taken by the last one. */
  boolean remove(S subscriber) {
    int place = placeOf(subscriber);
    if (place < 0) {
      return false;
    }
    size--;
    S last = member(size);
    members[place] = last;
    members[size] = null;
    if (places != null) {
      places.put(last, place);
      places.remove(subscriber);
      if (size <= FEW / 2) {
        places = null;
      }
    }
    if (size < members.length / 4) {
      members = Arrays.copyOf(members, members.length / 2);
    }
    return true;
  }

  /** Copies all of them to an array that has room for them. */
  void copyTo(@Nullable Object[] target, int at) {
    System.arraycopy(members, 0, target, at, size);
  }

  private int placeOf(S subscriber) {
    if (places != null) {
      return places.getOrDefault(subscriber, -1);
    }
    for (int i = 0; i < size; i++) {
      if (subscriber.equals(members[i])) {
        return i;
      }
    }
    return -1;
  }

  @SuppressWarnings("unchecked") // Only subscribers are ever put in.
  private S member(int place) {
    return (S) Objects.requireNonNull(members[place]);
  }
}

package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is on the disk and not yet in the bucket: which objects, how many bytes, and whose turn it
 * is. Bounded in bytes and in objects. Times are {@link System#nanoTime}. Thread-safe; nothing in
 * here blocks or calls anybody while the lock is held.
 */
final class SpoolQueue {
  /** A file takes a block of the disk at least. */
  private static final long LEAST_BYTES = 4096;

  private static final int MAX_OBJECTS = 200_000;

  private final long maxBytes;
  private final TreeMap<String, Waiting> waiting = new TreeMap<>();
  private final SequencedSet<String> turns = new LinkedHashSet<>();

  /** Those that have no turn before others are in the bucket. */
  private final Set<String> held = new HashSet<>();

  /** Since when each waits, the one that came first in front. */
  private final SequencedMap<String, Long> arrivals = new LinkedHashMap<>();

  private long bytes;
  private int reserved;

  /** An object that waits; {@code uploaded} completes when the bucket has it or nobody wants it. */
  private record Waiting(ObjectInfo info, Promise<Void> uploaded) {}

  SpoolQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes room for an object before it is written; false when there is none. */
  synchronized boolean reserve(long size) {
    if (bytes + room(size) > maxBytes || waiting.size() + reserved >= MAX_OBJECTS) {
      return false;
    }
    bytes += room(size);
    reserved++;
    return true;
  }

  /** The object was not written: its room is free. */
  synchronized void giveBack(long size) {
    bytes -= room(size);
    reserved--;
  }

  /** The object is on the disk; room was taken for it before. */
  synchronized void add(ObjectInfo info, long now) {
    reserved--;
    enter(info, now);
  }

  /** The object was on the disk before this program started. */
  synchronized void found(ObjectInfo info, long now) {
    bytes += room(info.size());
    enter(info, now);
  }

  private void enter(ObjectInfo info, long now) {
    Waiting before = waiting.get(info.key());
    if (before == null) {
      waiting.put(info.key(), new Waiting(info, Promise.promise()));
      arrivals.put(info.key(), now);
      turns.add(info.key());
    } else {
      bytes -= room(before.info().size());
      waiting.put(info.key(), new Waiting(info, before.uploaded()));
    }
  }

  /** Whose turn it is; empty when nothing waits that is not under way. */
  synchronized Optional<String> next() {
    return turns.isEmpty() ? Optional.empty() : Optional.of(turns.removeFirst());
  }

  /** An upload has ended; what still waits has another turn later. */
  synchronized void again(String key) {
    if (waiting.containsKey(key) && !held.contains(key)) {
      turns.add(key);
    }
  }

  /** What waits under the key is new, and has no turn until {@link #ready}. */
  synchronized void hold(String key, long now) {
    if (waiting.containsKey(key)) {
      held.add(key);
      turns.remove(key);
      arrivals.remove(key);
      arrivals.put(key, now);
    }
  }

  /** What was held may have its turn. */
  synchronized void ready(String key) {
    held.remove(key);
    again(key);
  }

  /** Whether the object waits and is the one with this tag. */
  synchronized boolean holds(String key, String tag) {
    Waiting its = waiting.get(key);
    return its != null && its.info().tag().equals(tag);
  }

  synchronized Optional<ObjectInfo> info(String key) {
    return Optional.ofNullable(waiting.get(key)).map(Waiting::info);
  }

  /** The object is not on the disk any more. */
  void remove(String key) {
    Waiting gone;
    synchronized (this) {
      gone = waiting.remove(key);
      if (gone == null) {
        return;
      }
      bytes -= room(gone.info().size());
      turns.remove(key);
      held.remove(key);
      arrivals.remove(key);
    }
    gone.uploaded().tryComplete();
  }

  /** At most so many of what waits below a prefix, in order of key. */
  synchronized List<ObjectInfo> list(String prefix, String after, int limit) {
    List<ObjectInfo> found = new ArrayList<>();
    for (Waiting each :
        waiting.tailMap(after.compareTo(prefix) > 0 ? after : prefix, false).values()) {
      if (!each.info().key().startsWith(prefix) || found.size() == limit) {
        break;
      }
      found.add(each.info());
    }
    return found;
  }

  /** Completes when nothing that waits below a prefix now waits any more. */
  Future<Void> drained(String prefix) {
    return drained(prefix, true);
  }

  /** The same for all that is not held. */
  Future<Void> drainedOfFree(String prefix) {
    return drained(prefix, false);
  }

  private Future<Void> drained(String prefix, boolean heldToo) {
    List<Future<Void>> all = new ArrayList<>();
    synchronized (this) {
      for (Waiting each : waiting.tailMap(prefix, true).values()) {
        if (!each.info().key().startsWith(prefix)) {
          break;
        }
        if (heldToo || !held.contains(each.info().key())) {
          all.add(each.uploaded().future());
        }
      }
    }
    return Future.all(all).mapEmpty();
  }

  synchronized SpoolState state(long now) {
    long oldest = arrivals.isEmpty() ? 0 : now - arrivals.firstEntry().getValue();
    return new SpoolState(bytes, waiting.size(), oldest);
  }

  private static long room(long size) {
    return Math.max(LEAST_BYTES, size);
  }
}

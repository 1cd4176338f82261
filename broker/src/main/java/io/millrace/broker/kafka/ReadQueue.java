package io.millrace.broker.kafka;

import io.millrace.broker.log.HistoryReader.Slice;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads that wait for one of the readers. A short one goes to whoever is free; a long one to the
 * reader of its partition, whose consumer may have read ahead of it. One that waits already is
 * shared by all who want the same; one that has begun is not, since it may not see what has been
 * appended meanwhile. One that nothing comes for makes room for others and begins {@link #again}.
 */
final class ReadQueue {
  /** A long read has its turn behind so many short ones of its reader. */
  private static final int SHORT_IN_A_ROW = 16;

  private final int bound;
  private final Map<Wish, Waiting> shortReads = new LinkedHashMap<>();
  private final List<Map<Wish, Waiting>> longReads = new ArrayList<>();
  private final int[] shortInARow;
  private int size;
  private boolean closed;

  /** What to read. */
  record Wish(TopicPartition partition, long from, long before, int maxBytes) {}

  /** Somebody who waits for a read. */
  record Waiter(Promise<Slice> promise, long sinceNanos) {}

  /** A read and everybody who waits for it, each since a time of its own. */
  record Waiting(Wish wish, List<Waiter> waiters) {
    void complete(Slice slice) {
      waiters.forEach(one -> one.promise.tryComplete(slice));
    }

    void fail(Throwable reason) {
      waiters.forEach(one -> one.promise.tryFail(reason));
    }

    /**
     * Fails those who have waited for too long; the others wait on.
     *
     * @return whether there were any
     */
    boolean failLate(long nowNanos, long mostNanos, Throwable reason) {
      return waiters.removeIf(
          one -> {
            boolean isLate = nowNanos - one.sinceNanos > mostNanos;
            if (isLate) {
              one.promise.tryFail(reason);
            }
            return isLate;
          });
    }

    /** Whether nobody waits any more. */
    boolean isOver() {
      return waiters.isEmpty();
    }
  }

  /** What became of {@link #add}. */
  enum Added {
    QUEUED,
    SHARED,
    FULL,
    CLOSED
  }

  ReadQueue(int readers, int bound) {
    this.bound = bound;
    this.shortInARow = new int[readers];
    for (int i = 0; i < readers; i++) {
      longReads.add(new LinkedHashMap<>());
    }
  }

  synchronized Added add(Wish wish, boolean isShort, long nowNanos, Promise<Slice> promise) {
    if (closed) {
      return Added.CLOSED;
    }
    Map<Wish, Waiting> line = line(wish, isShort);
    Waiter waiter = new Waiter(promise, nowNanos);
    Waiting waiting = line.get(wish);
    if (waiting != null) {
      waiting.waiters().add(waiter);
      return Added.SHARED;
    }
    if (size >= bound) {
      return Added.FULL;
    }
    line.put(wish, new Waiting(wish, new ArrayList<>(List.of(waiter))));
    size++;
    notifyAll();
    return Added.QUEUED;
  }

  private Map<Wish, Waiting> line(Wish wish, boolean isShort) {
    return isShort
        ? shortReads
        : longReads.get(Math.floorMod(wish.partition().hashCode(), longReads.size()));
  }

  /**
   * One that was taken, and that nothing has come for, has another turn behind those who wait.
   *
   * @return false where the queue is closed
   */
  synchronized boolean again(Waiting waiting, boolean isShort) {
    if (closed) {
      return false;
    }
    Map<Wish, Waiting> line = line(waiting.wish(), isShort);
    Waiting same = line.get(waiting.wish());
    if (same == null) {
      line.put(waiting.wish(), waiting);
      size++;
    } else {
      waiting.waiters().addAll(same.waiters());
      line.put(waiting.wish(), waiting);
    }
    notifyAll();
    return true;
  }

  /**
   * Waits for the next read of a reader.
   *
   * @return null when the queue is closed
   */
  synchronized @Nullable Waiting take(int reader) throws InterruptedException {
    while (!closed) {
      Map<Wish, Waiting> line = line(reader);
      var first = line.values().iterator();
      if (first.hasNext()) {
        Waiting next = first.next();
        first.remove();
        size--;
        return next;
      }
      wait();
    }
    return null;
  }

  private Map<Wish, Waiting> line(int reader) {
    Map<Wish, Waiting> own = longReads.get(reader);
    boolean isLong =
        shortReads.isEmpty() || (shortInARow[reader] >= SHORT_IN_A_ROW && !own.isEmpty());
    shortInARow[reader] = isLong ? 0 : shortInARow[reader] + 1;
    return isLong ? own : shortReads;
  }

  synchronized int size() {
    return size;
  }

  /** Nothing is taken any more; what waits is handed back. */
  synchronized List<Waiting> close() {
    closed = true;
    List<Waiting> rest = new ArrayList<>(shortReads.values());
    longReads.forEach(line -> rest.addAll(line.values()));
    shortReads.clear();
    longReads.forEach(Map::clear);
    size = 0;
    notifyAll();
    return rest;
  }
}

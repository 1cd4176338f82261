package io.millrace.broker.hub;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The memory that the rings of all partitions share. Whoever is busy may have all of it as long as
 * nobody else needs it; when it is used up, those that have most give until all that gave have the
 * same, so a busy partition takes nothing from one that has less. It is looked after each time that
 * a small part of the whole has been added, not with each message.
 *
 * <p>What has fallen out of a ring stays in memory while an event loop has not come to it, so that
 * is held to the same bound. Thread-safe.
 */
final class RingMemory {
  /** After this part of the whole it is looked again. */
  private static final int LOOKS = 64;

  private final long limit;
  private final LongSupplier lag;
  private final Set<HotRing> rings = ConcurrentHashMap.newKeySet();

  /** What was added since it was looked the last time, in bytes. */
  private final AtomicLong added = new AtomicLong();

  /**
   * @param limit bytes, about ({@link io.millrace.broker.message.Message#weight})
   * @param lag what event loops have before them, of all rings together; for any thread
   */
  RingMemory(long limit, LongSupplier lag) {
    this.limit = limit;
    this.lag = lag;
  }

  long limit() {
    return limit;
  }

  /**
   * Whether a ring is to take nothing more for now.
   *
   * @param behind what the slowest event loop has before it in this ring, in bytes
   */
  boolean isFull(long behind) {
    return behind > limit / Math.max(1, rings.size()) && lag.getAsLong() > limit;
  }

  void add(HotRing ring) {
    rings.add(ring);
  }

  /** A ring that is used no more; what is still walked in it is gone soon. */
  void remove(HotRing ring) {
    rings.remove(ring);
  }

  /** What all rings hold, in bytes. */
  long used() {
    long used = 0;
    for (HotRing ring : rings) {
      used += ring.held();
    }
    return used;
  }

  /** A ring has so much more. */
  void grown(long bytes) {
    if (added.addAndGet(bytes) >= limit / LOOKS) {
      look();
    }
  }

  /** Who comes while somebody looks goes on: it is looked again soon. */
  private void look() {
    long seen = added.getAndSet(0);
    if (seen == 0 || used() <= limit) {
      return;
    }
    long level = level(limit - limit / LOOKS);
    for (HotRing ring : rings) {
      if (ring.held() > level) {
        ring.trim(level);
      }
    }
  }

  /** What each may have at most, so that all together have no more than this. */
  private long level(long most) {
    long[] held = rings.stream().mapToLong(HotRing::held).sorted().toArray();
    long left = most;
    for (int i = 0; i < held.length; i++) {
      long equal = left / (held.length - i);
      if (held[i] > equal) {
        return equal;
      }
      left -= held[i];
    }
    return Long.MAX_VALUE;
  }
}

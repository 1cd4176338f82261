package io.millrace.broker.hub;

import io.millrace.broker.message.Message;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages of one partition, in memory. Filled by one thread at a time; read by any,
 * each on its own walk along the chunks:
 *
 * <pre>
 *   [40, 47) ──after──> [47, 90) ──after──> [90, 91)     offsets without a hole, newest last
 *      oldest                                  newest
 * </pre>
 *
 * What falls out of the ring stays readable for a walk that is still on it; a walk that has no
 * chunk yet finds one by its offset, or none and reads the log instead.
 */
final class HotRing {
  /** Messages that follow each other. Immutable but for its successor. */
  static final class Chunk {
    /** The offset of its first message or before. */
    final long from;

    /** The offset that its successor begins at. */
    final long next;

    final List<Message> messages;

    /** Whether there were messages here that nobody can have any more. */
    final boolean isLost;

    /** Weight of everything that ever came, with this chunk. */
    final long weightUpTo;

    private volatile @Nullable Chunk after;

    private Chunk(long from, long next, List<Message> messages, boolean isLost, long weightUpTo) {
      this.from = from;
      this.next = next;
      this.messages = messages;
      this.isLost = isLost;
      this.weightUpTo = weightUpTo;
    }

    /** Null while there is none. */
    @Nullable Chunk after() {
      return after;
    }
  }

  /** A chunk is at most about this part of the ring, or one message. */
  private static final int CHUNKS = 8;

  private final long capacity;
  private final ConcurrentSkipListMap<Long, Chunk> byStart = new ConcurrentSkipListMap<>();
  private volatile Chunk newest;

  /**
   * @param start the offset of the first message that will come, or before
   * @param capacity bytes, about ({@link Message#weight}); the newest message is kept however big
   */
  HotRing(long start, long capacity) {
    this.capacity = capacity;
    this.newest = new Chunk(start, start, List.of(), false, 0);
    byStart.put(start, newest);
  }

  /** The offset behind the last message. */
  long end() {
    return newest.next;
  }

  Chunk newest() {
    return newest;
  }

  /**
   * @param messages in order, not empty, none before {@link #end}
   */
  void append(List<Message> messages) {
    int from = 0;
    long weight = 0;
    for (int i = 0; i < messages.size(); i++) {
      weight += messages.get(i).weight();
      if (weight > capacity / CHUNKS || i == messages.size() - 1) {
        List<Message> together = List.copyOf(messages.subList(from, i + 1));
        put(
            new Chunk(
                newest.next,
                together.getLast().offset() + 1,
                together,
                false,
                newest.weightUpTo + weight));
        from = i + 1;
        weight = 0;
      }
    }
  }

  /** The next message has this offset or a higher one; what was before it is gone. */
  void jump(long to) {
    put(new Chunk(newest.next, to, List.of(), true, newest.weightUpTo));
  }

  private void put(Chunk chunk) {
    Chunk last = newest;
    byStart.put(chunk.from, chunk);
    last.after = chunk;
    newest = chunk;
    Map.Entry<Long, Chunk> oldest = byStart.firstEntry();
    while (oldest != null
        && oldest.getValue() != chunk
        && chunk.weightUpTo - oldest.getValue().weightUpTo > capacity) {
      byStart.remove(oldest.getKey());
      oldest = byStart.firstEntry();
    }
  }

  /** The offset that the oldest chunk begins at. */
  long start() {
    Map.Entry<Long, Chunk> oldest = byStart.firstEntry();
    return oldest == null ? end() : oldest.getKey();
  }

  /** The offset of the oldest message that is not older than a time, or the end. */
  long since(long timeMillis) {
    for (Chunk chunk = covering(start()); chunk != null; chunk = chunk.after()) {
      for (Message message : chunk.messages) {
        if (message.timestamp() >= timeMillis) {
          return message.offset();
        }
      }
    }
    return end();
  }

  /** The chunk that a walk from this offset begins in; null when it is older than the ring. */
  @Nullable Chunk covering(long offset) {
    Map.Entry<Long, Chunk> entry = byStart.floorEntry(offset);
    return entry == null ? null : entry.getValue();
  }
}

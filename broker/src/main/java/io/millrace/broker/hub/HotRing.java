package io.millrace.broker.hub;

import io.millrace.broker.message.Message;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages of one partition, in memory, as many as the {@linkplain RingMemory memory of
 * all rings} leaves room for. Filled by one thread at a time; read by any, each on its own walk
 * along the chunks:
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

    /** Of its messages, in bytes. */
    final long weight;

    /** Weight of everything that ever came, with this chunk. */
    final long weightUpTo;

    private volatile @Nullable Chunk after;

    private Chunk(
        long from,
        long next,
        List<Message> messages,
        boolean isLost,
        long weight,
        long weightUpTo) {
      this.from = from;
      this.next = next;
      this.messages = messages;
      this.isLost = isLost;
      this.weight = weight;
      this.weightUpTo = weightUpTo;
    }

    /** Null while there is none. */
    @Nullable Chunk after() {
      return after;
    }
  }

  /** A chunk is at most about this part of the memory, or one message. */
  private static final int CHUNKS = 64;

  private static final long LONGEST_CHUNK = 1 << 20;

  private final RingMemory memory;
  private final long chunkBytes;
  private final ConcurrentSkipListMap<Long, Chunk> byStart = new ConcurrentSkipListMap<>();
  private volatile Chunk newest;

  /** Of all chunks that a walk can begin in. Written by who holds this object's monitor. */
  private volatile long held;

  /**
   * @param start the offset of the first message that will come, or before
   * @param memory takes as long as this ring is used
   */
  HotRing(long start, RingMemory memory) {
    this.memory = memory;
    this.chunkBytes = Math.min(LONGEST_CHUNK, memory.limit() / CHUNKS);
    this.newest = new Chunk(start, start, List.of(), false, 0, 0);
    byStart.put(start, newest);
    memory.add(this);
  }

  /** It is used no more. */
  void close() {
    memory.remove(this);
  }

  /** What it takes, in bytes, about. */
  long held() {
    return held;
  }

  /** The offset behind the last message. */
  long end() {
    return newest.next;
  }

  Chunk newest() {
    return newest;
  }

  /**
   * @param messages in order, not empty; those before {@link #end} are passed over
   */
  void append(List<Message> messages) {
    int from = 0;
    while (from < messages.size() && messages.get(from).offset() < newest.next) {
      from++;
    }
    long weight = 0;
    for (int i = from; i < messages.size(); i++) {
      weight += messages.get(i).weight();
      if (weight > chunkBytes || i == messages.size() - 1) {
        List<Message> together = List.copyOf(messages.subList(from, i + 1));
        put(
            new Chunk(
                newest.next,
                together.getLast().offset() + 1,
                together,
                false,
                weight,
                newest.weightUpTo + weight));
        from = i + 1;
        weight = 0;
      }
    }
  }

  /** The next message has this offset or a higher one; what was before it is gone. */
  void jump(long to) {
    put(new Chunk(newest.next, to, List.of(), true, 0, newest.weightUpTo));
  }

  private void put(Chunk chunk) {
    link(chunk);
    memory.grown(chunk.weight);
  }

  private synchronized void link(Chunk chunk) {
    Chunk last = newest;
    Chunk replaced = byStart.put(chunk.from, chunk);
    last.after = chunk;
    newest = chunk;
    held = held + chunk.weight - (replaced == null ? 0 : replaced.weight);
  }

  /**
   * Gives the oldest chunks away until the rest is no more than this; any thread. Nothing is too
   * big to be given: then an empty chunk stays in its place.
   */
  synchronized void trim(long bytes) {
    if (newest.weight > bytes) {
      link(new Chunk(newest.next, newest.next, List.of(), false, 0, newest.weightUpTo));
    }
    Map.Entry<Long, Chunk> oldest = byStart.firstEntry();
    while (held > bytes && oldest != null && oldest.getValue() != newest) {
      byStart.remove(oldest.getKey());
      held = held - oldest.getValue().weight;
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

  /** The chunk before another one; null when it has fallen out of the ring. */
  @Nullable Chunk before(Chunk chunk) {
    Map.Entry<Long, Chunk> entry = byStart.lowerEntry(chunk.from);
    return entry == null ? null : entry.getValue();
  }

  /** The chunk that a walk from this offset begins in; null when it is older than the ring. */
  @Nullable Chunk covering(long offset) {
    Map.Entry<Long, Chunk> entry = byStart.floorEntry(offset);
    return entry == null ? null : entry.getValue();
  }
}

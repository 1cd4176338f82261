package io.millrace.broker.index;

import org.jspecify.annotations.Nullable;

/**
 * The newest run of every topic of a partition, by a 64-bit hash of its path: open addressing with
 * linear probing, in segments that grow one by one, so that no single update moves everything. Two
 * paths of one hash are one topic here. Not thread-safe.
 */
final class TopicTable {
  static final int SEGMENTS = 1 << 10;

  private static final int FIRST_CAPACITY = 4;
  private static final int SLOT_BYTES = Long.BYTES + Integer.BYTES;
  private static final int SEGMENT_BYTES = 64;
  private static final double FULLEST = 0.8;

  /** What becomes of a topic in {@link #replace}. */
  interface Replacement {
    /** Gives the topic's newest run as it is from now on, {@link OffsetRuns#NONE} to forget it. */
    int of(int head);
  }

  /** Is told of topics, in no order. */
  interface Visitor {
    void topic(long hash, int head);
  }

  /** A head of {@link OffsetRuns#NONE} is an empty slot. */
  private static final class Segment {
    private long[] hashes = new long[FIRST_CAPACITY];
    private int[] heads = new int[FIRST_CAPACITY];
    private int size;
  }

  private final @Nullable Segment[] segments = new @Nullable Segment[SEGMENTS];
  private long bytes;
  private int size;

  /** The topic's newest run, or {@link OffsetRuns#NONE}. */
  int get(long hash) {
    Segment segment = segments[segmentOf(hash)];
    return segment == null ? OffsetRuns.NONE : segment.heads[slot(segment, hash)];
  }

  /**
   * @param head not {@link OffsetRuns#NONE}
   */
  void put(long hash, int head) {
    Segment segment = segments[segmentOf(hash)];
    if (segment == null) {
      segment = new Segment();
      segments[segmentOf(hash)] = segment;
      bytes += SEGMENT_BYTES + (long) FIRST_CAPACITY * SLOT_BYTES;
    }
    int slot = slot(segment, hash);
    if (segment.heads[slot] == OffsetRuns.NONE) {
      if (segment.size + 1 > segment.heads.length * FULLEST) {
        resize(segment, segment.heads.length + segment.heads.length / 2);
        slot = slot(segment, hash);
      }
      segment.hashes[slot] = hash;
      segment.size++;
      size++;
    }
    segment.heads[slot] = head;
  }

  int size() {
    return size;
  }

  /** What it takes of the heap, about. */
  long bytes() {
    return bytes;
  }

  void visit(int segmentIndex, Visitor visitor) {
    Segment segment = segments[segmentIndex];
    if (segment != null) {
      for (int slot = 0; slot < segment.heads.length; slot++) {
        if (segment.heads[slot] != OffsetRuns.NONE) {
          visitor.topic(segment.hashes[slot], segment.heads[slot]);
        }
      }
    }
  }

  /** How many topics are in a segment. */
  int size(int segmentIndex) {
    Segment segment = segments[segmentIndex];
    return segment == null ? 0 : segment.size;
  }

  /** Gives every topic of a segment another newest run, or forgets it. */
  void replace(int segmentIndex, Replacement replacement) {
    Segment segment = segments[segmentIndex];
    if (segment == null) {
      return;
    }
    int left = 0;
    for (int slot = 0; slot < segment.heads.length; slot++) {
      if (segment.heads[slot] != OffsetRuns.NONE) {
        segment.heads[slot] = replacement.of(segment.heads[slot]);
        left += segment.heads[slot] == OffsetRuns.NONE ? 0 : 1;
      }
    }
    if (left < segment.size) {
      size -= segment.size - left;
      segment.size = left;
      int enough = Math.max(FIRST_CAPACITY, (int) (left / FULLEST) + 2);
      // Also where nothing shrinks: a hole would end the probing for those behind it.
      resize(segment, enough < segment.heads.length * FULLEST ? enough : segment.heads.length);
    }
  }

  private void resize(Segment segment, int capacity) {
    long[] hashes = segment.hashes;
    int[] heads = segment.heads;
    segment.hashes = new long[capacity];
    segment.heads = new int[capacity];
    bytes += (long) (capacity - heads.length) * SLOT_BYTES;
    for (int i = 0; i < heads.length; i++) {
      if (heads[i] != OffsetRuns.NONE) {
        int slot = slot(segment, hashes[i]);
        segment.hashes[slot] = hashes[i];
        segment.heads[slot] = heads[i];
      }
    }
  }

  static int segmentOf(long hash) {
    return (int) (hash >>> 54);
  }

  /** The slot of a hash, or the empty one where it would be. */
  private static int slot(Segment segment, long hash) {
    int[] heads = segment.heads;
    int slot = (int) (((hash & 0xffffffffL) * heads.length) >>> 32);
    while (heads[slot] != OffsetRuns.NONE && segment.hashes[slot] != hash) {
      slot++;
      if (slot == heads.length) {
        slot = 0;
      }
    }
    return slot;
  }
}

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
  private static final int SLOT_BYTES = 3 * Integer.BYTES;
  private static final int SEGMENT_BYTES = 48;
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

  /**
   * Slots of three numbers side by side, so that one is one line of the processor's cache: the
   * hash's two halves and the head, where {@link OffsetRuns#NONE} is an empty slot.
   */
  private static final class Segment {
    private int[] slots = new int[3 * FIRST_CAPACITY];
    private int size;

    private int capacity() {
      return slots.length / 3;
    }

    private boolean isFull() {
      return size + 1 > capacity() * FULLEST;
    }

    private int head(int slot) {
      return slots[3 * slot + 2];
    }

    private void setHead(int slot, int head) {
      slots[3 * slot + 2] = head;
    }

    private long hash(int slot) {
      return ((long) slots[3 * slot] << 32) | (slots[3 * slot + 1] & 0xffffffffL);
    }

    private void setHash(int slot, long hash) {
      slots[3 * slot] = (int) (hash >>> 32);
      slots[3 * slot + 1] = (int) hash;
    }

    /** The slot of a hash, or the empty one where it would be. */
    private int slot(long hash) {
      int capacity = capacity();
      int slot = (int) (((hash & 0xffffffffL) * capacity) >>> 32);
      while (head(slot) != OffsetRuns.NONE && hash(slot) != hash) {
        slot++;
        if (slot == capacity) {
          slot = 0;
        }
      }
      return slot;
    }

    private void resize(int capacity) {
      Segment before = new Segment();
      before.slots = slots;
      slots = new int[3 * capacity];
      for (int i = 0; i < before.capacity(); i++) {
        if (before.head(i) != OffsetRuns.NONE) {
          int slot = slot(before.hash(i));
          setHash(slot, before.hash(i));
          setHead(slot, before.head(i));
        }
      }
    }
  }

  private final @Nullable Segment[] segments = new @Nullable Segment[SEGMENTS];
  private long bytes;
  private int size;

  /** The topic's newest run, or {@link OffsetRuns#NONE}. */
  int get(long hash) {
    Segment segment = segments[segmentOf(hash)];
    return segment == null ? OffsetRuns.NONE : segment.head(segment.slot(hash));
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
    int slot = segment.slot(hash);
    if (segment.head(slot) == OffsetRuns.NONE) {
      if (segment.isFull()) {
        resize(segment, segment.capacity() + segment.capacity() / 2);
        slot = segment.slot(hash);
      }
      segment.setHash(slot, hash);
      segment.size++;
      size++;
    }
    segment.setHead(slot, head);
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
      for (int slot = 0; slot < segment.capacity(); slot++) {
        if (segment.head(slot) != OffsetRuns.NONE) {
          visitor.topic(segment.hash(slot), segment.head(slot));
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
    for (int slot = 0; slot < segment.capacity(); slot++) {
      if (segment.head(slot) != OffsetRuns.NONE) {
        int head = replacement.of(segment.head(slot));
        segment.setHead(slot, head);
        left += head == OffsetRuns.NONE ? 0 : 1;
      }
    }
    if (left < segment.size) {
      size -= segment.size - left;
      segment.size = left;
      int enough = Math.max(FIRST_CAPACITY, (int) (left / FULLEST) + 2);
      // Also where nothing shrinks: a hole would end the probing for those behind it.
      resize(segment, enough < segment.capacity() * FULLEST ? enough : segment.capacity());
    }
  }

  private void resize(Segment segment, int capacity) {
    bytes += (long) (capacity - segment.capacity()) * SLOT_BYTES;
    segment.resize(capacity);
  }

  private static int segmentOf(long hash) {
    return (int) (hash >>> 54);
  }
}

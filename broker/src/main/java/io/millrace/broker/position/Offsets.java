package io.millrace.broker.position;

import java.util.Arrays;

/** One next offset for each partition of a log, from partition 0 on; never changes. */
public final class Offsets {
  /** The most partitions a log may have. */
  public static final int MAX_PARTITIONS = 1_024;

  private final long[] next;

  private Offsets(long[] next) {
    this.next = next;
  }

  /**
   * Copies offsets, one for each partition.
   *
   * @throws IllegalArgumentException when they are none or too many, or one is negative
   */
  public static Offsets of(long... next) {
    if (next.length == 0 || next.length > MAX_PARTITIONS) {
      throw new IllegalArgumentException(
          "a log has 1 to " + MAX_PARTITIONS + " partitions, not " + next.length);
    }
    for (long offset : next) {
      requireNotNegative("offset", offset);
    }
    return new Offsets(next.clone());
  }

  /** Offsets that were checked already, in an array that nobody changes any more. */
  static Offsets owning(long[] next) {
    return new Offsets(next);
  }

  public int partitions() {
    return next.length;
  }

  /** The offset of the next record of a partition. */
  public long next(int partition) {
    return next[partition];
  }

  /** A copy as an array. */
  public long[] toArray() {
    return next.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Offsets offsets && Arrays.equals(next, offsets.next);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(next);
  }

  @Override
  public String toString() {
    return Arrays.toString(next);
  }

  static void requireNotNegative(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a position's " + what + " is negative: " + value);
    }
  }
}

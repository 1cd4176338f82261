package io.millrace.validator.hls;

import java.util.Comparator;

/**
 * How far a playlist lists.
 *
 * @param sequence a media sequence number
 * @param part an index in that segment
 */
public record EdgePosition(long sequence, int part) implements Comparable<EdgePosition> {
  private static final Comparator<EdgePosition> ORDER =
      Comparator.comparingLong(EdgePosition::sequence).thenComparingInt(EdgePosition::part);

  /** The end of a segment that is complete. */
  public static EdgePosition whole(long sequence) {
    return new EdgePosition(sequence, Integer.MAX_VALUE);
  }

  /** Whether it is the end of a segment that is complete. */
  public boolean isWhole() {
    return part == Integer.MAX_VALUE;
  }

  /** What comes next. */
  public EdgePosition next() {
    return isWhole() ? new EdgePosition(sequence + 1, 0) : new EdgePosition(sequence, part + 1);
  }

  @Override
  public int compareTo(EdgePosition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return isWhole() ? "segment " + sequence : "part " + part + " of " + sequence;
  }
}

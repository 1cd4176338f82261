package io.millrace.packager.presentation;

/**
 * What a rendition's segments have measured so far, in bits a second.
 *
 * @param peak of the segment with the highest rate
 * @param bits of all segments
 * @param nanos of all segments
 */
public record BitRate(long peak, long bits, long nanos) {
  public static final BitRate NONE = new BitRate(0, 0, 0);
  private static final long SHORTEST_NANOS = 500_000_000;
  private static final long SETTLED_NANOS = 60_000_000_000L;

  /** With one more segment; very short ones don't set the peak. */
  public BitRate with(Segment segment) {
    if (segment.gap() || segment.durationTicks() <= 0) {
      return this;
    }
    long segmentBits = segment.size() * 8;
    long counted = Math.max(SHORTEST_NANOS, segment.durationNanos());
    return new BitRate(
        Math.max(peak, Math.round(segmentBits * 1e9 / counted)),
        bits + segmentBits,
        nanos + segment.durationNanos());
  }

  /**
   * The peak to declare: what has been measured, with room for what has not been seen yet. Players
   * read a multivariant playlist once, at their start, so the first segments must not promise too
   * little; the room goes from a half to nothing while the first minute is measured.
   */
  public long declaredPeak() {
    double unseen = 1 - Math.min(1, nanos / (double) SETTLED_NANOS);
    return Math.round(peak * (1 + unseen / 2));
  }

  public long average() {
    return nanos == 0 ? 0 : Math.round(bits * 1e9 / nanos);
  }
}

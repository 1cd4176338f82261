package io.millrace.packager.presentation;

import java.util.ArrayList;
import java.util.List;

/**
 * What a rendition's segments have measured so far, in bits a second. The peak is that of RFC
 * 8216bis 4.4.6.2: the largest rate of any run of segments that lasts between half and one and a
 * half target durations.
 *
 * @param peak of the run with the highest rate
 * @param bits of all segments
 * @param nanos of all segments
 * @param recent the last segments, together no longer than one and a half target durations
 */
public record BitRate(long peak, long bits, long nanos, List<Measured> recent) {
  public static final BitRate NONE = new BitRate(0, 0, 0, List.of());
  private static final long LEAST_NANOS = 500_000_000;
  private static final long SETTLED_NANOS = 60_000_000_000L;

  /** One segment. */
  public record Measured(long bits, long nanos) {}

  public BitRate {
    recent = List.copyOf(recent);
  }

  /** With one more segment; a gap interrupts a run and measures nothing. */
  public BitRate with(Segment segment, int targetSeconds) {
    long lasts = segment.durationNanos();
    if (segment.gap() || lasts <= 0) {
      return new BitRate(peak, bits, nanos, List.of());
    }
    long least = targetSeconds * 500_000_000L;
    List<Measured> run = new ArrayList<>(recent);
    run.add(new Measured(segment.size() * 8, lasts));
    long newPeak = peak;
    long runBits = 0;
    long runNanos = 0;
    int first = run.size();
    while (first > 0 && runNanos + run.get(first - 1).nanos <= 3 * least) {
      first--;
      runBits += run.get(first).bits;
      runNanos += run.get(first).nanos;
      if (runNanos >= least) {
        newPeak = Math.max(newPeak, Math.round(runBits * 1e9 / runNanos));
      }
    }
    return new BitRate(
        newPeak, bits + segment.size() * 8, nanos + lasts, run.subList(first, run.size()));
  }

  /**
   * The peak to declare: what has been measured, with room for what has not been seen yet. Players
   * read a multivariant playlist once, at their start, so the first segments must not promise too
   * little; the room goes from a half to nothing while the first minute is measured.
   */
  public long declaredPeak() {
    double unseen = 1 - Math.min(1, nanos / (double) SETTLED_NANOS);
    long seen = peak > 0 ? peak : Math.round(bits * 1e9 / Math.max(LEAST_NANOS, nanos));
    return Math.round(seen * (1 + unseen / 2));
  }

  public long average() {
    return nanos == 0 ? 0 : Math.round(bits * 1e9 / nanos);
  }
}

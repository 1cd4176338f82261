package io.millrace.packager.presentation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a gap: all as long as parts may be, but for what is left at its end (HLS B9, L7).
 */
public final class GapParts {
  private GapParts() {}

  /**
   * @param durationTicks of the gap, in {@code timescale}
   * @param partTarget the longest part; without one there are no parts
   */
  public static List<Part> of(long durationTicks, int timescale, Optional<Duration> partTarget) {
    if (partTarget.isEmpty()) {
      return List.of();
    }
    long longest = ticks(partTarget.get(), timescale);
    List<Part> parts = new ArrayList<>();
    for (long left = durationTicks; left > 0; left -= longest) {
      parts.add(new Part(0, 0, Math.min(left, longest), false));
    }
    return parts;
  }

  /** Rounded down, so that no part is longer than it may be (HLS L3). */
  private static long ticks(Duration part, int timescale) {
    return Math.max(1, (long) (part.toNanos() / 1e9 * timescale));
  }
}

package io.millrace.media.health;

import java.util.Arrays;

/**
 * How far sound and picture are apart when they arrive, over the last ten ticks of a second.
 * Confined to the stream's home context.
 */
final class InterleaveMeter {
  private static final int TICKS = 10;

  private final long[] sums = new long[TICKS];
  private final int[] counts = new int[TICKS];
  private final long[] most = new long[TICKS];
  private int at;

  void restart() {
    Arrays.fill(sums, 0);
    Arrays.fill(counts, 0);
    Arrays.fill(most, 0);
  }

  /**
   * @param audioNanos the newest sound's decoding time
   * @param videoNanos the newest picture's
   */
  void apart(long audioNanos, long videoNanos) {
    long ahead = audioNanos - videoNanos;
    sums[at] += ahead;
    counts[at]++;
    most[at] = Math.max(most[at], Math.abs(ahead));
  }

  void tick() {
    at = (at + 1) % TICKS;
    sums[at] = 0;
    counts[at] = 0;
    most[at] = 0;
  }

  boolean isMeasured() {
    return Arrays.stream(counts).sum() > 0;
  }

  /** Mean of sound minus picture. */
  long audioAheadNanos() {
    long count = Arrays.stream(counts).sum();
    return count == 0 ? 0 : Arrays.stream(sums).sum() / count;
  }

  long furthestNanos() {
    return Arrays.stream(most).max().orElse(0);
  }
}

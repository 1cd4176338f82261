package io.millrace.media.health;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Compares when media comes with when it should be shown: its pace against real time, how long it
 * stays away, and the drift of the publisher's clock. Delay varies and clocks hardly do, so the
 * clock is judged by the quickest sample of every ten seconds. Confined to the stream's home
 * context.
 */
final class ArrivalMeter {
  private static final long SECOND = 1_000_000_000L;
  private static final int PACE_SECONDS = 20;
  private static final long PAUSE = 2 * SECOND;
  private static final long LEAST_FLOW = 5 * SECOND;
  private static final long BLOCK = 10 * SECOND;
  private static final int BLOCKS = 64;
  private static final int BLOCKS_FOR_DRIFT = 6;
  private static final double STEADY = 0.05;
  private static final double MOST_PPM = 5_000;

  /** Media's place when each of the last wall seconds began. */
  private final long[] reached = new long[PACE_SECONDS + 1];

  private final long[] stalls = new long[PACE_SECONDS + 1];
  private int seconds;
  private long nextSecondNanos = Long.MIN_VALUE;

  /** The smallest arrival time minus media time of each block, and when it was. */
  private final long[] quickest = new long[BLOCKS];

  private final long[] quickestAt = new long[BLOCKS];
  private int blocks;
  private long blockEndsNanos;
  private long blockQuickest = Long.MAX_VALUE;
  private long blockQuickestAt;
  private long latestQuickest = Long.MAX_VALUE;

  private long mediaNanos = Long.MIN_VALUE;
  private long lastArrivedNanos;
  private long stall;

  void restart() {
    seconds = 0;
    nextSecondNanos = Long.MIN_VALUE;
    blocks = 0;
    blockQuickest = Long.MAX_VALUE;
    latestQuickest = Long.MAX_VALUE;
    mediaNanos = Long.MIN_VALUE;
    stall = 0;
    Arrays.fill(stalls, 0);
  }

  /** A sample came. */
  void arrived(long media, long nowNanos) {
    if (mediaNanos == Long.MIN_VALUE) {
      nextSecondNanos = nowNanos;
      blockEndsNanos = nowNanos + BLOCK;
    } else {
      stall = Math.max(stall, nowNanos - lastArrivedNanos);
    }
    lastArrivedNanos = nowNanos;
    if (media <= mediaNanos) {
      return;
    }
    mediaNanos = media;
    long delay = nowNanos - media;
    if (delay < blockQuickest) {
      blockQuickest = delay;
      blockQuickestAt = nowNanos;
    }
  }

  /** Called about once a second. */
  void tick(long nowNanos) {
    if (mediaNanos == Long.MIN_VALUE) {
      return;
    }
    while (nowNanos >= nextSecondNanos) {
      int slot = seconds % reached.length;
      reached[slot] = mediaNanos;
      stalls[slot] = Math.max(stall, nowNanos - lastArrivedNanos);
      stall = 0;
      seconds++;
      nextSecondNanos += SECOND;
    }
    if (nowNanos >= blockEndsNanos) {
      if (blockQuickest != Long.MAX_VALUE) {
        latestQuickest = blockQuickest;
        quickest[blocks % BLOCKS] = blockQuickest;
        quickestAt[blocks % BLOCKS] = blockQuickestAt;
        blocks++;
        blockQuickest = Long.MAX_VALUE;
      }
      blockEndsNanos = nowNanos + BLOCK;
      if (Math.abs(pace().orElse(1) - 1) > STEADY) {
        // Too slow or too fast is no matter of clocks.
        blocks = 0;
      }
    }
  }

  /** Media seconds in a second over the last 20 s; empty in the first ten. */
  OptionalDouble pace() {
    int span = Math.min(seconds - 1, PACE_SECONDS);
    if (span < PACE_SECONDS / 2) {
      return OptionalDouble.empty();
    }
    long to = reached[(seconds - 1) % reached.length];
    long from = reached[(seconds - 1 - span) % reached.length];
    return OptionalDouble.of((double) (to - from) / (span * SECOND));
  }

  /**
   * The same without the longest time in which nothing came, where that is a pause: what an encoder
   * did not send then does not make the rest slow. Empty too where little is left.
   */
  OptionalDouble flow() {
    OptionalDouble pace = pace();
    int within = Math.min(seconds - 1, PACE_SECONDS);
    long pause = longestPauseNanos(within);
    if (pace.isEmpty() || pause < PAUSE) {
      return pace;
    }
    long span = within * SECOND;
    return span - pause < LEAST_FLOW
        ? OptionalDouble.empty()
        : OptionalDouble.of(pace.getAsDouble() * span / (span - pause));
  }

  /** Of the last seconds, only what of it is within them. */
  private long longestPauseNanos(int within) {
    long longest = 0;
    for (int i = 1; i <= within; i++) {
      long ended = stalls[(seconds - i) % stalls.length];
      longest = Math.max(longest, Math.min(ended, (within - i + 1) * SECOND));
    }
    return longest;
  }

  /** The longest time of the last ten seconds in which nothing came. */
  long longestStallNanos() {
    long longest = stall;
    for (int i = 1; i <= Math.min(seconds, PACE_SECONDS / 2); i++) {
      longest = Math.max(longest, stalls[(seconds - i) % stalls.length]);
    }
    return longest;
  }

  /**
   * How much faster the publisher's clock is than this machine's, in millionths, over at most ten
   * minutes; empty in the first minute and where it is more than a clock's.
   */
  OptionalDouble driftPpm() {
    int known = Math.min(blocks, BLOCKS);
    if (known < BLOCKS_FOR_DRIFT) {
      return OptionalDouble.empty();
    }
    int last = (blocks - 1) % BLOCKS;
    int first = (blocks - known) % BLOCKS;
    double fell = quickest[first] - quickest[last];
    double ppm = fell / (quickestAt[last] - quickestAt[first]) * 1e6;
    return Math.abs(ppm) > MOST_PPM ? OptionalDouble.empty() : OptionalDouble.of(ppm);
  }

  /** Whether {@link #quickestNanos} has been measured. */
  boolean isMeasured() {
    return latestQuickest != Long.MAX_VALUE;
  }

  /** Arrival time minus media time of the quickest sample of the last whole ten seconds. */
  long quickestNanos() {
    return latestQuickest;
  }

  /** How far media has come. */
  long mediaNanos() {
    return mediaNanos;
  }
}

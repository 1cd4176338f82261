package io.millrace.media;

import java.time.Duration;

/**
 * Ticks per second of a track's timeline.
 *
 * @param ticksPerSecond 1 to 2^31-1
 */
public record Timescale(int ticksPerSecond) {
  public static final Timescale MILLIS = new Timescale(1000);

  /** MPEG's 90 kHz, used for video. */
  public static final Timescale VIDEO = new Timescale(90_000);

  private static final Timescale NANOS = new Timescale(1_000_000_000);

  public Timescale {
    if (ticksPerSecond < 1) {
      throw new IllegalArgumentException("timescale " + ticksPerSecond);
    }
  }

  /** The same moment on another timescale, rounded down, so that order is kept. */
  public static long rescale(long ticks, Timescale from, Timescale to) {
    if (from.ticksPerSecond == to.ticksPerSecond) {
      return ticks;
    }
    long seconds = Math.floorDiv(ticks, from.ticksPerSecond);
    long rest = Math.floorMod(ticks, from.ticksPerSecond);
    return seconds * to.ticksPerSecond + rest * to.ticksPerSecond / from.ticksPerSecond;
  }

  public long toNanos(long ticks) {
    return rescale(ticks, this, NANOS);
  }

  public long ofNanos(long nanos) {
    return rescale(nanos, NANOS, this);
  }

  public Duration toDuration(long ticks) {
    return Duration.ofNanos(toNanos(ticks));
  }

  public double toSeconds(long ticks) {
    return (double) ticks / ticksPerSecond;
  }
}

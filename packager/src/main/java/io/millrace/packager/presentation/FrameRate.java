package io.millrace.packager.presentation;

import io.millrace.media.Timescale;

/** Pictures a second. */
public final class FrameRate {
  private static final double[] COMMON = {
    24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 48, 50, 60000 / 1001.0, 60
  };

  private FrameRate() {}

  /** Of so many pictures in so many ticks; near a common rate, that one. */
  public static double of(int pictures, long ticks, Timescale timescale) {
    double measured = pictures / timescale.toSeconds(ticks);
    for (double common : COMMON) {
      if (Math.abs(measured - common) < common * 0.0005) {
        return common;
      }
    }
    long whole = Math.round(measured);
    return whole > 0 && Math.abs(measured - whole) < measured * 0.005 ? whole : measured;
  }
}

package io.millrace.packager.presentation;

import io.millrace.media.Timescale;

/** Pictures a second. */
public final class FrameRate {
  private static final double[] COMMON = {
    24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 48, 50, 60000 / 1001.0, 60
  };

  private FrameRate() {}

  /** As a manifest says it: {@code 25}, {@code 30000/1001} (ISO/IEC 23009-1 5.3.7.2). */
  public static String fraction(double rate) {
    long whole = Math.round(rate);
    if (Math.abs(rate - whole) < 1e-6) {
      return Long.toString(whole);
    }
    boolean isReduced = Math.abs(rate * 1.001 - Math.round(rate * 1.001)) < 1e-6;
    return isReduced
        ? Math.round(rate * 1.001) * 1000 + "/1001"
        : Math.round(rate * 1000) + "/1000";
  }

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

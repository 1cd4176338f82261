package io.millrace.packager.hls;

/** Seconds in playlists. Without the JDK's formatter, which costs more than all the rest. */
final class Decimals {
  private static final long MICROS = 1_000_000;

  private Decimals() {}

  /** With six decimals, rounded. */
  static void append(StringBuilder out, double seconds) {
    long micros = Math.round(seconds * MICROS);
    out.append(micros / MICROS).append('.');
    String decimals = Long.toString(MICROS + micros % MICROS);
    out.append(decimals, 1, decimals.length());
  }
}

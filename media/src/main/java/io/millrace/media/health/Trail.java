package io.millrace.media.health;

/** What a counter gained in the last sixty ticks of a second. */
final class Trail {
  private static final int SECONDS = 60;

  private final long[] values = new long[SECONDS];
  private int ticks;
  private long now;

  void tick(long value) {
    if (ticks == 0) {
      // What was counted before the first tick counts as gained within it.
      values[0] = 0;
      ticks = 1;
    }
    now = value;
    values[ticks % SECONDS] = value;
    ticks++;
  }

  long lastMinute() {
    return now - (ticks <= SECONDS ? 0 : values[ticks % SECONDS]);
  }
}

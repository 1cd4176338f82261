package io.millrace.packager.live;

import java.time.Duration;
import java.time.Instant;

/**
 * Says when a playlist that gets no media needs a gap to stay alive (HLS B8: an update within one
 * and a half target durations of the last one). Pure: the time is an argument.
 */
final class GapClock {
  private static final long FIRST_PERCENT = 140;
  private Instant lastUpdate;
  private boolean inGap;

  GapClock(Instant now) {
    lastUpdate = now;
  }

  /** Media has come and been listed. */
  void segmentListed(Instant now) {
    lastUpdate = now;
    inGap = false;
  }

  /** A gap has been listed. */
  void gapListed(Instant now) {
    lastUpdate = now;
    inGap = true;
  }

  /** Whether a gap is to be listed now: gaps follow each other at the pace of the wall clock. */
  boolean due(Instant now, int targetSeconds) {
    Duration wait = Duration.ofMillis(targetSeconds * (inGap ? 1000 : 10 * FIRST_PERCENT));
    return targetSeconds > 0 && !now.isBefore(lastUpdate.plus(wait));
  }
}

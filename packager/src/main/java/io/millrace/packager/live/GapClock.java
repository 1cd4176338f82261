package io.millrace.packager.live;

import io.millrace.media.LiveStream;
import java.time.Duration;
import java.time.Instant;

/**
 * Says when a playlist that gets no media needs a gap to stay alive (HLS B8: an update within one
 * and a half target durations of the last one), and how many. Counts from the moment the last media
 * was listed and not from its programme date: encoders' clocks drift from the wall clock. Pure: the
 * time is an argument.
 */
final class GapClock {
  private static final long FIRST_PERCENT = 140;

  /** Listed at once after a long silence. */
  private static final int MOST_GAPS = 20;

  private Instant lastUpdate;
  private Instant lastMedia;
  private Instant coveredUntil;
  private boolean inGap;

  /**
   * @param coveredUntil to where the playlists reach by the wall clock
   */
  GapClock(Instant now, Instant coveredUntil) {
    this.lastUpdate = now;
    this.lastMedia = coveredUntil;
    this.coveredUntil = coveredUntil;
  }

  /**
   * Media has come; it may not be listed yet. What comes late, behind gaps, gets its time again.
   */
  void mediaCame(Instant now) {
    lastMedia = now;
    if (inGap) {
      segmentListed(now);
    }
  }

  /** A publisher is back: its first segment has as much time as any, and no gap cuts into it. */
  void mediaReturned(Instant now) {
    mediaCame(now);
    segmentListed(now);
  }

  /** Media has come and been listed. */
  void segmentListed(Instant now) {
    lastUpdate = now;
    coveredUntil = now;
    inGap = false;
  }

  /** What had come of the open segment has been listed. */
  void restListed(Instant now) {
    lastUpdate = now;
    coveredUntil = lastMedia;
    inGap = true;
  }

  /** Gaps have been listed. */
  void gapsListed(Instant now, Duration length) {
    lastUpdate = now;
    coveredUntil = coveredUntil.plus(length);
    inGap = true;
  }

  /** Whether an update is due now: gaps follow each other at the pace of the wall clock. */
  boolean due(Instant now, int targetSeconds) {
    Duration wait = Duration.ofMillis(targetSeconds * (inGap ? 1000 : 10 * FIRST_PERCENT));
    return targetSeconds > 0 && !now.isBefore(lastUpdate.plus(wait));
  }

  /** Whether the playlists, once they list gaps, are a part or more behind the wall clock. */
  boolean partDue(Instant now, Duration part) {
    return inGap && !now.isBefore(coveredUntil.plus(part));
  }

  /**
   * Whether the end of a broadcast may still come whose publisher has said that it is done: there
   * are no gaps for as long as that should take.
   */
  boolean awaitsEnd(Instant now) {
    return now.isBefore(lastMedia.plus(LiveStream.ANNOUNCED_END));
  }

  /** How far the playlists are behind the wall clock, up to the most that is listed at once. */
  Duration behind(Instant now, int targetSeconds) {
    Duration behind = Duration.between(coveredUntil, now);
    Duration most = Duration.ofSeconds((long) MOST_GAPS * targetSeconds);
    return behind.isNegative() ? Duration.ZERO : behind.compareTo(most) > 0 ? most : behind;
  }

  /**
   * How many seconds of less than a target duration the playlists are behind the wall clock; 0 when
   * that is too little to matter.
   */
  int rest(Instant now, int targetSeconds) {
    long behind = Duration.between(coveredUntil, now).toSeconds();
    return behind * 2 < targetSeconds ? 0 : (int) Math.min(behind, targetSeconds);
  }

  /** How many whole target durations the playlists are behind the wall clock. */
  int whole(Instant now, int targetSeconds) {
    long missing = Duration.between(coveredUntil, now).toSeconds() / targetSeconds;
    return Math.clamp(missing, 0, MOST_GAPS);
  }
}

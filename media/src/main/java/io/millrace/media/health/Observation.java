package io.millrace.media.health;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What {@link HealthRules} judge by; times are in nanoseconds, counts are of the last minute.
 *
 * @param publishing whether somebody publishes and has sent a sample
 * @param awayNanos how long there has been no publisher; 0 while there is one, and before the first
 * @param unpublished whether the last one said that it was done
 * @param soundIsFilled whether viewers are given silence where the sound is away
 * @param flow the pace without the longest pause, when that is one
 * @param codecs the tracks' RFC 6381 names in small letters
 * @param repairs timestamps put right, but for those of {@code compositionRepairs}, jumps and
 *     standstills
 * @param sinceBreakNanos since timestamps broke last; {@link Long#MAX_VALUE} when never
 * @param sinceJumpNanos since a jump of all tracks was taken out last; likewise
 * @param sinceTrackJumpNanos since one track's clock was put back beside the others last; likewise
 * @param sinceStandstillNanos since a sample came while all clocks stood still; likewise
 * @param sinceResizeNanos since the picture's size changed last; likewise
 * @param reconnects within {@link HealthRules#RECONNECTS_WITHIN}
 */
record Observation(
    boolean publishing,
    long awayNanos,
    boolean unpublished,
    boolean soundIsFilled,
    long nowNanos,
    long runStartedNanos,
    @Nullable TrackMeter video,
    @Nullable TrackMeter audio,
    List<String> codecs,
    OptionalDouble pace,
    OptionalDouble flow,
    long longestStallNanos,
    OptionalDouble driftPpm,
    long furthestApartNanos,
    long repairs,
    long compositionRepairs,
    long skipped,
    long dropped,
    long sinceBreakNanos,
    long sinceJumpNanos,
    long sinceTrackJumpNanos,
    long sinceStandstillNanos,
    long sinceResizeNanos,
    int reconnects) {
  /** How long the present run has lasted. */
  long runNanos() {
    return nowNanos - runStartedNanos;
  }

  /** Since the last sample of the picture or of the first sound; 0 where there is neither. */
  long silentNanos() {
    long silent = Long.MAX_VALUE;
    if (video != null) {
      silent = silentNanos(video);
    }
    if (audio != null) {
      silent = Math.min(silent, silentNanos(audio));
    }
    return silent == Long.MAX_VALUE ? 0 : silent;
  }

  /** Since the track's last sample; since the run's start where it had none in it. */
  long silentNanos(TrackMeter meter) {
    return nowNanos - Math.max(meter.lastArrivedNanos, runStartedNanos);
  }
}

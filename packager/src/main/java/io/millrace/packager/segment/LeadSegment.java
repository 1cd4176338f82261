package io.millrace.packager.segment;

import io.millrace.media.Timescale;
import io.millrace.media.Track;

/**
 * A segment of the leader, as far as it is known: what those are cut by that are made of it.
 *
 * @param msn media sequence number
 * @param startTicks decoding time of its start, in {@code timescale}
 * @param endTicks where it ends; while it is open, no later than it will
 * @param timescale the leader's
 * @param mediaNanos presentation time of its start on the broadcast's timeline
 * @param discontinuity whether it does not continue the segment before
 */
public record LeadSegment(
    long msn,
    long startTicks,
    long endTicks,
    Timescale timescale,
    long mediaNanos,
    boolean discontinuity) {
  /**
   * Where it starts in the ticks of a track that is made of it: pictures are decoded with the
   * leader's, sound is cut by when it is heard.
   */
  long startIn(Track track) {
    return track.isVideo()
        ? Timescale.rescale(startTicks, timescale, track.timescale())
        : track.timescale().ofNanos(mediaNanos);
  }

  /** The same of its end. */
  long endIn(Track track) {
    return track.isVideo()
        ? Timescale.rescale(endTicks, timescale, track.timescale())
        : track.timescale().ofNanos(mediaNanos + durationNanos());
  }

  private long durationNanos() {
    return timescale.toNanos(endTicks) - timescale.toNanos(startTicks);
  }

  /** Presentation time of a moment in the ticks of a track that is made of it. */
  long nanosOf(long ticks, Track track) {
    return mediaNanos
        + track.timescale().toNanos(ticks)
        - track.timescale().toNanos(startIn(track));
  }
}

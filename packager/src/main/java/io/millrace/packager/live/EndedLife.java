package io.millrace.packager.live;

import java.time.Duration;
import java.time.Instant;

/**
 * What becomes of a broadcast that has ended: it can be played for a while, then its playlists are
 * gone, and its segments last for as long as a playlist does (HLS B15). Pure.
 *
 * @param keep how long it can be played
 * @param longest the duration of its longest playlist
 */
record EndedLife(Instant endedAt, Duration keep, Duration longest) {
  enum Phase {
    /** Everything is there. */
    PLAYABLE,
    /** Playlists are gone; who has one can still play what it lists. */
    WITHDRAWN,
    /** Nothing is to be left. */
    OVER
  }

  Phase at(Instant now) {
    Instant withdrawn = endedAt.plus(keep);
    if (now.isBefore(withdrawn)) {
      return Phase.PLAYABLE;
    }
    return now.isBefore(withdrawn.plus(longest)) ? Phase.WITHDRAWN : Phase.OVER;
  }
}

package io.millrace.packager;

import io.millrace.media.BroadcastId;
import java.time.Duration;

/** What an asset was made of. */
public sealed interface AssetSource {
  /** A broadcast from its first segment to its end. */
  record Whole() implements AssetSource {}

  /**
   * A part of another asset or of a broadcast, cut where its segments begin and end. Times are
   * counted as its playlists did then: from their first segment on.
   *
   * @param of what it was cut from, which may be gone by now
   * @param from where the part that was asked for begins
   * @param to where that ends
   * @param begins where the clip begins: {@code from} or earlier, or later where there was no media
   * @param ends where the clip ends: {@code to} or later, likewise
   */
  record Clip(BroadcastId of, Duration from, Duration to, Duration begins, Duration ends)
      implements AssetSource {
    /** Where players are to start, from the clip's beginning. */
    public Duration lead() {
      Duration lead = from.minus(begins);
      return lead.isNegative() ? Duration.ZERO : lead;
    }
  }
}

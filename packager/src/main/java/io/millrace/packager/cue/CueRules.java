package io.millrace.packager.cue;

import java.time.Duration;

/**
 * The bounds of cue points.
 *
 * @param listAhead how long before its start one is listed
 * @param mostAhead how far in the future one may be asked for, and how long one may be planned
 * @param most of a broadcast at a time
 */
public record CueRules(Duration listAhead, Duration mostAhead, int most) {
  public static final CueRules DEFAULT =
      new CueRules(Duration.ofSeconds(30), Duration.ofHours(24), 1000);
}

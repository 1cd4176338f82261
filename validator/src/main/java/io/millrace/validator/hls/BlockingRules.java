package io.millrace.validator.hls;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;

/**
 * What an answer to a blocking reload must be (L13, L14, L18; RFC 8216bis 6.2.5.2). Pure.
 *
 * @param where the playlist
 * @param awaited what was asked for; a whole segment where {@code _HLS_part} was not written
 */
public record BlockingRules(String where, EdgePosition awaited) {
  private static final double CACHES_SECONDS = 2;

  /** Of an answer with a playlist: it lists what was waited for, or has ended. */
  public List<Violation> listed(MediaPlaylist answered) {
    if (answered.ended()) {
      return List.of();
    }
    if (awaited.isWhole()) {
      return answered.nextSequence() > awaited.sequence()
          ? List.of()
          : broken(Rule.L13, "asked for %s, answered up to %s", answered.edge());
    }
    return answered.has(awaited.sequence(), awaited.part())
        ? List.of()
        : broken(Rule.L14, "asked for %s, answered up to %s", answered.edge());
  }

  /** Of an answer without one to a request for what comes next. */
  public List<Violation> refused(int status, double heldSeconds, long targetSeconds) {
    if (status != 503) {
      Rule rule = awaited.isWhole() ? Rule.L13 : Rule.L14;
      return broken(rule, "asked for %s, which comes next, answered %s", status);
    }
    // One that is not held at all says that the server is not ready, for whatever is asked.
    boolean held = heldSeconds >= 1;
    return held && heldSeconds < 3 * targetSeconds * 0.95
        ? broken(Rule.L18, "asked for %s, answered 503 after %s s", "%.1f".formatted(heldSeconds))
        : List.of();
  }

  /** Of a request that is still held, or was answered at last. */
  public List<Violation> held(double heldSeconds, long targetSeconds) {
    return heldSeconds > longestSeconds(targetSeconds)
        ? broken(Rule.L18, "asked for %s, held for %s s", "%.1f".formatted(heldSeconds))
        : List.of();
  }

  /** How long a server may take to give up. */
  public static double longestSeconds(long targetSeconds) {
    return 3 * targetSeconds + CACHES_SECONDS;
  }

  private List<Violation> broken(Rule rule, String words, Object seen) {
    return List.of(new Violation(rule, where, words.formatted(awaited, seen)));
  }
}

package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Segment;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * B11, B15: asks for segments that are not listed any more. One request for each version at most;
 * only segments whose first appearance was seen are asked for. Of one thread.
 */
final class Retention {
  private static final double NANOS = 1e9;

  /** What an answer may take, so that nothing is asked for at the last moment. */
  private static final double ROOM_SECONDS = 0.5;

  private record Seen(Segment segment, long firstNanos) {}

  private final HlsWalker walker;
  private final SortedMap<Long, Seen> listed = new TreeMap<>();
  private boolean started;
  private long nextSequence;
  private double longestSeconds;

  Retention(HlsWalker walker) {
    this.walker = walker;
  }

  /** Takes the next version and asks for one segment that it does not list any more. */
  List<Violation> next(URI playlist, MediaPlaylist now, long nanos) {
    longestSeconds = Math.max(longestSeconds, now.seconds().doubleValue());
    for (Segment segment : now.segments()) {
      if (started && segment.sequence() >= nextSequence && !segment.gap()) {
        listed.put(segment.sequence(), new Seen(segment, nanos));
      }
    }
    started = true;
    nextSequence = now.nextSequence();
    SortedMap<Long, Seen> removed = listed.headMap(now.firstSequence());
    Optional<Seen> asked = removed.values().stream().reduce((older, newer) -> newer);
    removed.clear();
    return asked.map(seen -> check(playlist, seen)).orElse(List.of());
  }

  private List<Violation> check(URI playlist, Seen seen) {
    double due = longestSeconds + seen.segment().seconds().doubleValue() - ROOM_SECONDS;
    double age = (System.nanoTime() - seen.firstNanos()) / NANOS;
    return age < due
        ? ask(
            playlist,
            seen.segment(),
            Rule.B11,
            "removed %.1f s after it appeared, it must stay for %.1f s".formatted(age, due))
        : List.of();
  }

  /** B15: asks for the last segment of a playlist that is not there any more. */
  List<Violation> presentationRemoved(URI playlist, MediaPlaylist last) {
    return last.segments().stream()
        .filter(segment -> !segment.gap())
        .reduce((older, newer) -> newer)
        .map(segment -> ask(playlist, segment, Rule.B15, "its playlist was removed just now"))
        .orElse(List.of());
  }

  private List<Violation> ask(URI playlist, Segment segment, Rule rule, String words) {
    try {
      Optional<URI> address = walker.resolve(playlist, segment.uri());
      if (address.isPresent()) {
        int status = walker.fetcher().head(address.get()).status();
        if (status == 404 || status == 410) {
          return List.of(
              new Violation(rule, address.get().toString(), "answers " + status + "; " + words));
        }
      }
    } catch (IOException e) {
      walker.findings().note(playlist + ": a removed segment could not be asked for: " + e);
    }
    return List.of();
  }
}

package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.Part;
import io.millrace.validator.hls.Segment;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * L9: asks for parts that are not listed any more, late in the time for which they must stay. One
 * request for each target duration at most. Of one thread.
 */
final class PartRetention {
  private static final double NANOS = 1e9;

  /** What an answer may take, so that nothing is asked for at the last moment. */
  private static final double ROOM_SECONDS = 0.5;

  private record Removed(String uri, long nanos) {}

  private final HlsWalker walker;
  private final URI playlist;
  private final Deque<Removed> removed = new ArrayDeque<>();
  private Set<String> listed = Set.of();
  private long askedNanos;
  private boolean asked;

  PartRetention(HlsWalker walker, URI playlist) {
    this.walker = walker;
    this.playlist = playlist;
  }

  /** Takes the next version, and may ask for a part that was removed. */
  List<Violation> took(MediaPlaylist now, long nanos) {
    Set<String> parts = new LinkedHashSet<>();
    for (Segment segment : now.segments()) {
      add(segment.parts(), parts);
    }
    add(now.nextParts(), parts);
    if (!now.ended()) {
      for (String uri : listed) {
        if (!parts.contains(uri)) {
          removed.addLast(new Removed(uri, nanos));
        }
      }
    }
    listed = parts;
    double target = now.targetDuration();
    Optional<Removed> due = Optional.empty();
    while (!removed.isEmpty() && (nanos - removed.getFirst().nanos()) / NANOS > 2 * target) {
      due = Optional.of(removed.removeFirst());
    }
    boolean rested = !asked || (nanos - askedNanos) / NANOS >= target;
    if (due.isEmpty() || !rested) {
      return List.of();
    }
    asked = true;
    askedNanos = nanos;
    return ask(due.get(), 3 * target - ROOM_SECONDS);
  }

  private static void add(List<Part> parts, Set<String> into) {
    parts.stream().filter(part -> !part.gap()).map(Part::uri).forEach(into::add);
  }

  private List<Violation> ask(Removed part, double untilSeconds) {
    double age = (System.nanoTime() - part.nanos()) / NANOS;
    Optional<URI> address = walker.resolve(playlist, part.uri());
    if (age > untilSeconds || address.isEmpty()) {
      return List.of();
    }
    try {
      int status = walker.fetcher().head(address.get()).status();
      if (status == 404 || status == 410) {
        return List.of(
            new Violation(
                Rule.L9,
                address.get().toString(),
                "answers %d, %.1f s after it was removed".formatted(status, age)));
      }
    } catch (IOException e) {
      walker.findings().note(playlist + ": a removed part could not be asked for: " + e);
    }
    return List.of();
  }
}

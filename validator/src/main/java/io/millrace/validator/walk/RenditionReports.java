package io.millrace.validator.walk;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.EdgePosition;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.RenditionReport;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * L23 over the playlists of a presentation: each tells how far the others are, as up to date as it
 * is itself. Judges by what is certain: what had come of the other one before the answer was asked
 * for, some time before it was complete, and what an answer lists that was asked for after the
 * report came. Any thread may use it.
 */
final class RenditionReports {
  /** What two answers may overtake each other by. */
  private static final long OVERTAKEN_NANOS = 250_000_000L;

  /** How far a playlist was, when that was complete. */
  private record Known(EdgePosition edge, boolean parts, long receivedNanos) {}

  /** What was said of a playlist, when and by whom. */
  private record Claim(EdgePosition edge, long receivedNanos, URI by) {}

  private static final int KEPT = 64;

  /** How far each playlist was, newest last. */
  private final Map<URI, Deque<Known>> known = new HashMap<>();

  private final Map<URI, Claim> claims = new HashMap<>();

  /**
   * Takes a version.
   *
   * @param held whether it was made just now; another one may be older than its answer
   * @param others the addresses of the other playlists
   */
  synchronized List<Violation> took(
      URI uri,
      MediaPlaylist list,
      boolean held,
      long sentNanos,
      long receivedNanos,
      Collection<URI> others) {
    List<Violation> violations = new ArrayList<>();
    if (list.ended()) {
      known.remove(uri);
      claims.remove(uri);
      return violations;
    }
    EdgePosition edge = position(list);
    Claim claim = claims.get(uri);
    if (claim != null
        && sentNanos > claim.receivedNanos()
        && edge.compareTo(claim.edge()) < 0
        && !isWithoutParts(list, claim.edge().sequence())) {
      violations.add(
          new Violation(
              Rule.L23,
              claim.by().toString(),
              "reports %s of %s, which lists up to %s".formatted(claim.edge(), uri, edge)));
    }
    Deque<Known> own = known.computeIfAbsent(uri, each -> new ArrayDeque<>());
    own.addLast(new Known(edge, list.hasParts(), receivedNanos));
    if (own.size() > KEPT) {
      own.removeFirst();
    }
    if (!list.hasParts()) {
      return violations;
    }
    for (URI other : others) {
      Optional<RenditionReport> report =
          list.reports().stream().filter(each -> isOf(uri, each, other)).findFirst();
      if (report.isEmpty()) {
        violations.add(new Violation(Rule.L23, uri.toString(), "no report of " + other));
      } else {
        report(uri, list, report.get(), other, held, sentNanos, receivedNanos)
            .ifPresent(violations::add);
      }
    }
    return violations;
  }

  private Optional<Violation> report(
      URI uri,
      MediaPlaylist list,
      RenditionReport report,
      URI other,
      boolean held,
      long sentNanos,
      long receivedNanos) {
    EdgePosition own = position(list);
    long sequence = report.lastSequence().orElse(own.sequence());
    Deque<Known> seen = known.getOrDefault(other, new ArrayDeque<>());
    boolean parts = !seen.isEmpty() && seen.getLast().parts();
    long part = parts ? report.lastPart().orElse((long) own.part()) : 0;
    EdgePosition said = new EdgePosition(sequence, (int) Math.min(part, Integer.MAX_VALUE - 1));
    claims.put(other, new Claim(said, receivedNanos, uri));
    if (held) {
      for (Known there : seen) {
        if (sentNanos >= there.receivedNanos()
            && receivedNanos - there.receivedNanos() > OVERTAKEN_NANOS
            && said.compareTo(there.edge()) < 0) {
          return Optional.of(
              new Violation(
                  Rule.L23,
                  Place.of(uri.toString()).atLine(report.line()),
                  "reports %s of %s, which was at %s".formatted(said, other, there.edge())));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether it lists a segment, and no part of it or behind it: a restart loses parts. */
  private static boolean isWithoutParts(MediaPlaylist list, long sequence) {
    return list.nextSequence() > sequence
        && list.lastPart().filter(last -> last.sequence() >= sequence).isEmpty();
  }

  /** The last part, or the last segment where there are none. */
  private static EdgePosition position(MediaPlaylist list) {
    return list.lastPart().orElse(new EdgePosition(list.nextSequence() - 1, 0));
  }

  private static boolean isOf(URI base, RenditionReport report, URI other) {
    try {
      URI resolved = base.resolve(report.uri());
      return String.valueOf(resolved.getPath()).equals(other.getPath());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

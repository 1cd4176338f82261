package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a version of a media playlist offers to players with low latency, by its text alone: its
 * server control, hints and reports (L1, L10, L12, L20, L23, L24, L27 to L29, and the date that
 * appendix B.1 wants). Pure.
 */
final class LowLatencyRules {
  private static final int LEAST_SEGMENTS = 6;

  private final String where;
  private final MediaPlaylist playlist;
  private final List<Violation> violations = new ArrayList<>();

  private LowLatencyRules(String where, MediaPlaylist playlist) {
    this.where = where;
    this.playlist = playlist;
  }

  static List<Violation> check(String where, MediaPlaylist playlist) {
    LowLatencyRules rules = new LowLatencyRules(where, playlist);
    rules.holdBacks();
    rules.skipBoundary();
    rules.hints();
    rules.reports();
    rules.addresses();
    if (rules.hasParts() && !playlist.ended()) {
      rules.window();
    }
    return rules.violations;
  }

  /** An I-frame playlist should have none (M5). */
  private boolean hasParts() {
    return playlist.hasParts() && !playlist.iFramesOnly();
  }

  private void holdBacks() {
    atLeast(Rule.L1, "HOLD-BACK", 3, "target durations", target());
    if (playlist.partTarget().isEmpty()) {
      if (hasParts()) {
        broken(Rule.L1, 0, "parts, but no EXT-X-PART-INF");
      }
      return;
    }
    BigDecimal part = playlist.partTarget().get();
    if (playlist.control("PART-HOLD-BACK").isEmpty()) {
      broken(Rule.L1, 0, "a part target, but no PART-HOLD-BACK");
    } else if (atLeast(Rule.L1, "PART-HOLD-BACK", 2, "part targets", part)) {
      atLeast(Rule.L28, "PART-HOLD-BACK", 3, "part targets", part);
    }
  }

  private void skipBoundary() {
    atLeast(Rule.L20, "CAN-SKIP-UNTIL", 6, "target durations", target());
    boolean ranges =
        playlist.serverControl().map(control -> control.yes("CAN-SKIP-DATERANGES")).orElse(false);
    if (ranges && playlist.control("CAN-SKIP-UNTIL").isEmpty()) {
      broken(Rule.L20, 0, "CAN-SKIP-DATERANGES without CAN-SKIP-UNTIL");
    }
  }

  private BigDecimal target() {
    return BigDecimal.valueOf(playlist.targetDuration());
  }

  private boolean atLeast(Rule rule, String name, int times, String what, BigDecimal unit) {
    Optional<BigDecimal> written = playlist.control(name);
    boolean kept =
        written.isEmpty() || written.get().compareTo(unit.multiply(BigDecimal.valueOf(times))) >= 0;
    if (!kept) {
      broken(
          rule,
          0,
          "%s is %s, %d %s are %s"
              .formatted(
                  name, written.get(), times, what, unit.multiply(BigDecimal.valueOf(times))));
    }
    return kept;
  }

  private void hints() {
    Map<String, Integer> counts = new HashMap<>();
    for (AttributeList hint : playlist.preloadHints()) {
      String type = hint.text("TYPE").orElse("");
      if (counts.merge(type, 1, Integer::sum) == 2) {
        broken(Rule.L10_SHOULD, 0, "more than one hint of TYPE=" + type);
      }
    }
    Optional<AttributeList> next = playlist.hint("PART");
    boolean parts = hasParts() && !playlist.ended();
    if (parts && next.isEmpty()) {
      broken(Rule.L27, 0, "parts, but no hint of the next one");
    }
    if (next.isPresent()
        && next.get().text("BYTERANGE-START").isEmpty()
        && playlist.nextParts().stream()
            .anyMatch(
                part ->
                    part.range().isPresent() && next.get().text("URI").get().equals(part.uri()))) {
      broken(
          Rule.L12,
          0,
          "the next part goes on in "
              + next.get().text("URI").get()
              + ", but its hint has no BYTERANGE-START");
    }
  }

  private void reports() {
    for (RenditionReport report : playlist.reports()) {
      if (report.uri().startsWith("//") || !isRelative(report.uri())) {
        broken(Rule.L23, report.line(), "the address of a report is not relative: " + report.uri());
      }
    }
  }

  private static boolean isRelative(String uri) {
    try {
      return !URI.create(uri).isAbsolute();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void addresses() {
    Stream<String> segments =
        playlist.segments().stream()
            .flatMap(
                segment ->
                    Stream.concat(
                        Stream.of(segment.uri(), segment.initUri()),
                        segment.parts().stream().map(Part::uri)));
    Stream<String> others =
        Stream.of(
                playlist.nextParts().stream().map(Part::uri),
                playlist.preloadHints().stream().flatMap(hint -> hint.text("URI").stream()),
                playlist.reports().stream().map(RenditionReport::uri))
            .flatMap(uris -> uris);
    Stream.concat(segments, others)
        .filter(uri -> uri.contains("_HLS_"))
        .findFirst()
        .ifPresent(uri -> broken(Rule.L24, 0, "an address with a directive: " + uri));
  }

  /** Of what is on air and has parts: other live playlists may be as short as B10 lets them. */
  private void window() {
    if (playlist.firstSequence() > 0 && playlist.segments().size() < LEAST_SEGMENTS) {
      broken(Rule.L29, 0, playlist.segments().size() + " segments, older ones were removed");
    }
    if (playlist.discontinuitySequence().isEmpty()
        && playlist.segments().stream().anyMatch(Segment::discontinuity)) {
      broken(Rule.L29, 0, "a discontinuity, but no EXT-X-DISCONTINUITY-SEQUENCE");
    }
    if (playlist.open().date().isEmpty()
        && playlist.segments().stream().noneMatch(segment -> segment.date().isPresent())) {
      broken(Rule.D5, 0, "parts, but no date in the whole list");
    }
  }

  private void broken(Rule rule, int line, String seen) {
    violations.add(new Violation(rule, Place.of(where).atLine(line), seen));
  }
}

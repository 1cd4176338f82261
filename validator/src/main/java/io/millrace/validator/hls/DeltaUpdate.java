package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A delta update beside the full playlist of the same version (B12, L20 to L22; RFC 8216bis
 * 6.2.5.1). Pure.
 */
public final class DeltaUpdate {
  private final String where;
  private final MediaPlaylist full;
  private final MediaPlaylist delta;
  private final boolean withDateRanges;
  private final List<Violation> violations = new ArrayList<>();

  private DeltaUpdate(String where, MediaPlaylist full, MediaPlaylist delta, boolean ranges) {
    this.where = where;
    this.full = full;
    this.delta = delta;
    this.withDateRanges = ranges;
  }

  /**
   * Judges an answer to {@code _HLS_skip}.
   *
   * @param full of the same version
   * @param withDateRanges whether {@code v2} was asked for
   */
  public static List<Violation> check(
      String where, MediaPlaylist full, MediaPlaylist delta, boolean withDateRanges) {
    DeltaUpdate update = new DeltaUpdate(where, full, delta, withDateRanges);
    update.skipped();
    if (delta.skip().isPresent()) {
      update.version();
      update.header();
      update.segments();
      update.ranges();
    }
    return update.violations;
  }

  /**
   * The segments that a client has after it has put an update together with what it had. What is in
   * force at the last one that is skipped stays so: EXT-X-SKIP stands for its tags, too.
   *
   * @return empty when it has not got all that the update skips
   */
  static List<Segment> merged(MediaPlaylist before, MediaPlaylist delta) {
    long skipped = delta.skip().map(Skip::segments).orElse(0L);
    List<Segment> known =
        before.segments().stream()
            .filter(
                segment ->
                    segment.sequence() >= delta.firstSequence()
                        && segment.sequence() < delta.firstSequence() + skipped)
            .toList();
    if (known.size() < skipped) {
      return List.of();
    }
    List<Segment> all = new ArrayList<>(known);
    for (Segment segment : delta.segments()) {
      all.add(all.isEmpty() ? segment : segment.after(all.getLast()));
    }
    return all;
  }

  /**
   * L20: what is farther from the end than the boundary is skipped, and nothing else. Whether a
   * segment across the boundary is, the specification leaves open.
   */
  private void skipped() {
    BigDecimal boundary = full.control("CAN-SKIP-UNTIL").orElse(BigDecimal.ZERO);
    BigDecimal toTheEnd = full.seconds();
    long startBeyond = 0;
    long whollyBeyond = 0;
    for (Segment segment : full.segments()) {
      startBeyond += toTheEnd.compareTo(boundary) > 0 ? 1 : 0;
      toTheEnd = toTheEnd.subtract(segment.seconds());
      whollyBeyond += toTheEnd.compareTo(boundary) > 0 ? 1 : 0;
    }
    Rule rule = withDateRanges ? Rule.L21 : Rule.L20;
    if (delta.skip().isEmpty()) {
      if (whollyBeyond > 0) {
        broken(
            rule,
            0,
            "a full playlist, though %d segments are older than %s s"
                .formatted(whollyBeyond, boundary));
      }
      return;
    }
    long count = delta.skip().get().segments();
    if (count < whollyBeyond || count > startBeyond) {
      broken(
          Rule.L20,
          delta.skip().get().line(),
          "skips %d segments, %d are older than %s s".formatted(count, startBeyond, boundary));
    }
  }

  private void version() {
    boolean ranges = delta.skip().flatMap(Skip::removedDateRanges).isPresent();
    int needed = ranges ? 10 : 9;
    if (delta.version() < needed) {
      broken(
          Rule.B12,
          0,
          "a delta update of version %d, it needs %d".formatted(delta.version(), needed));
    }
  }

  private void header() {
    same("EXT-X-TARGETDURATION", full.targetDuration(), delta.targetDuration());
    same("EXT-X-MEDIA-SEQUENCE", full.mediaSequence(), delta.mediaSequence());
    same(
        "EXT-X-DISCONTINUITY-SEQUENCE",
        full.discontinuitySequence(),
        delta.discontinuitySequence());
    same("EXT-X-INDEPENDENT-SEGMENTS", full.independentSegments(), delta.independentSegments());
    same("EXT-X-PART-INF", full.partTarget(), delta.partTarget());
    same("EXT-X-SERVER-CONTROL", full.serverControl(), delta.serverControl());
    same("EXT-X-PRELOAD-HINT", full.preloadHints(), delta.preloadHints());
    same("EXT-X-RENDITION-REPORT", reports(full), reports(delta));
    same("other tags", full.otherTags(), delta.otherTags());
  }

  private static List<RenditionReport> reports(MediaPlaylist playlist) {
    return playlist.reports().stream()
        .map(each -> new RenditionReport(0, each.uri(), each.lastSequence(), each.lastPart()))
        .toList();
  }

  private void segments() {
    List<Segment> merged = merged(full, delta);
    if (delta.nextSequence() != full.nextSequence() || merged.size() != full.segments().size()) {
      broken(
          Rule.L20,
          delta.skip().get().line(),
          "skips %d and shows %d of %d segments"
              .formatted(
                  delta.skip().get().segments(), delta.segments().size(), full.segments().size()));
      return;
    }
    for (int i = 0; i < merged.size(); i++) {
      segment(full.segments().get(i), merged.get(i));
    }
    OpenSegment open = merged.isEmpty() ? delta.open() : delta.open().after(merged.getLast());
    same("the open segment", full.open().withoutLine(), open.withoutLine());
    boolean hasInit =
        delta.segments().isEmpty() || !delta.segments().getFirst().initUri().isEmpty();
    if (!hasInit && !merged.getLast().initUri().isEmpty()) {
      broken(Rule.L22_MAP, delta.skip().get().line(), "no EXT-X-MAP behind EXT-X-SKIP");
    }
  }

  private void segment(Segment wanted, Segment shown) {
    String what = "segment " + wanted.sequence() + ": ";
    same(what + "address", wanted.uri(), shown.uri());
    same(what + "byte range", wanted.range(), shown.range());
    same(what + "duration", wanted.seconds(), shown.seconds());
    same(what + "date", wanted.date(), shown.date());
    same(what + "discontinuity", wanted.discontinuity(), shown.discontinuity());
    same(what + "gap", wanted.gap(), shown.gap());
    same(
        what + "init section",
        wanted.initUri() + wanted.initRange(),
        shown.initUri() + shown.initRange());
    same(what + "keys", wanted.keys(), shown.keys());
    same(what + "bit rate", wanted.kilobits(), shown.kilobits());
    same(what + "parts", wanted.parts(), shown.parts());
  }

  private void ranges() {
    Map<String, Map<String, String>> all = ranges(full);
    Map<String, Map<String, String>> shown = ranges(delta);
    boolean offered =
        full.serverControl().map(control -> control.yes("CAN-SKIP-DATERANGES")).orElse(false);
    if (!withDateRanges || !offered) {
      same("EXT-X-DATERANGE", all, shown);
    } else if (!all.entrySet().containsAll(shown.entrySet())) {
      broken(Rule.L22, 0, "other date ranges than the full playlist: " + shown);
    }
    if (withDateRanges && offered && delta.skip().get().removedDateRanges().isEmpty()) {
      broken(Rule.L21, delta.skip().get().line(), "no RECENTLY-REMOVED-DATERANGES");
    }
  }

  private static Map<String, Map<String, String>> ranges(MediaPlaylist playlist) {
    return DateRange.consolidated(playlist.dateRanges()).entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, each -> each.getValue().attributes().values()));
  }

  private void same(String what, Object wanted, Object shown) {
    if (!Objects.equals(wanted, shown)) {
      broken(Rule.L22, 0, "%s is %s, in the full playlist %s".formatted(what, shown, wanted));
    }
  }

  private void broken(Rule rule, int line, String seen) {
    violations.add(new Violation(rule, Place.of(where).atLine(line), seen));
  }
}

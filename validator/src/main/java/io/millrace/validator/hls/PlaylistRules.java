package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What must hold for one body and for one version of a media playlist. Pure. */
public final class PlaylistRules {
  /** What dates may differ from the durations: they are written in milliseconds. */
  private static final Duration DATE_TOLERANCE = Duration.ofMillis(2);

  private final String where;
  private final MediaPlaylist playlist;
  private final List<Violation> violations = new ArrayList<>();

  private PlaylistRules(String where, MediaPlaylist playlist) {
    this.where = where;
    this.playlist = playlist;
  }

  /** B1: the bytes of an answer and its content type. */
  public static List<Violation> body(String where, String contentType, String body) {
    List<Violation> violations = new ArrayList<>();
    if (!contentType.strip().toLowerCase(Locale.ROOT).startsWith("application/vnd.apple.mpegurl")) {
      violations.add(new Violation(Rule.B1, where, "Content-Type " + contentType));
    }
    if (!body.startsWith("#EXTM3U")) {
      violations.add(new Violation(Rule.B1, where, "does not start with #EXTM3U"));
    }
    body.codePoints()
        .filter(
            c ->
                c == 0xFEFF || c == 0xFFFD || (Character.isISOControl(c) && c != '\n' && c != '\r'))
        .filter(c -> c != '\t' || !body.contains("RECENTLY-REMOVED-DATERANGES"))
        .findFirst()
        .ifPresent(
            c -> violations.add(new Violation(Rule.B1, where, "character U+%04X".formatted(c))));
    return violations;
  }

  /**
   * B2, B7, B9, B12, B14, B16, D5, D6 and M5, those of L that one version shows, and S1 to S3: one
   * version of a media playlist.
   */
  public static List<Violation> live(String where, MediaPlaylist playlist) {
    PlaylistRules rules = new PlaylistRules(where, playlist);
    rules.header();
    playlist.segments().forEach(rules::segment);
    rules.dates();
    rules.violations.addAll(LowLatencyRules.check(where, playlist));
    rules.violations.addAll(PartRules.check(where, playlist));
    rules.violations.addAll(DateRangeRules.check(where, playlist));
    return rules.violations;
  }

  private void header() {
    playlist
        .type()
        .filter(
            type ->
                !(type.equals("EVENT") || (type.equals("VOD") && playlist.ended()))
                    || playlist.firstSequence() > 0)
        .ifPresent(
            type ->
                broken(
                    Rule.B7,
                    0,
                    "type is %s, the first segment is %d, %s"
                        .formatted(
                            type,
                            playlist.firstSequence(),
                            playlist.ended() ? "ended" : "not ended")));
    if (playlist.ended() && !playlist.preloadHints().isEmpty()) {
      broken(Rule.B14, 0, "a preload hint together with ENDLIST");
    }
    int needed = neededVersion();
    if (playlist.version() < needed) {
      broken(
          Rule.B12,
          0,
          "version %d, but what is used needs %d".formatted(playlist.version(), needed));
    }
    if (playlist.iFramesOnly()
        && (!playlist.nextParts().isEmpty()
            || playlist.segments().stream().anyMatch(segment -> !segment.parts().isEmpty()))) {
      broken(Rule.M5, 0, "parts in an I-frame playlist");
    }
  }

  /** RFC 8216bis section 8. */
  private int neededVersion() {
    int needed = playlist.iFramesOnly() ? 4 : 1;
    if (playlist.skip().isPresent()) {
      needed = playlist.skip().get().removedDateRanges().isPresent() ? 10 : 9;
    }
    for (Segment segment : playlist.segments()) {
      int here =
          !segment.initUri().isEmpty()
              ? (playlist.iFramesOnly() ? 5 : 6)
              : segment.range().isPresent() ? 4 : segment.seconds().scale() > 0 ? 3 : 1;
      for (String key : segment.keys()) {
        here = Math.max(here, key.contains("KEYFORMAT") ? 5 : key.contains("IV=") ? 2 : 1);
      }
      needed = Math.max(needed, here);
    }
    return needed;
  }

  private void segment(Segment segment) {
    BigDecimal rounded = segment.seconds().setScale(0, RoundingMode.HALF_UP);
    if (rounded.compareTo(BigDecimal.valueOf(playlist.targetDuration())) > 0) {
      broken(
          Rule.B2,
          segment.line(),
          "segment %d lasts %s, target %d"
              .formatted(segment.sequence(), segment.seconds(), playlist.targetDuration()));
    }
    if (segment.initUri().isEmpty() && segment.uri().matches(".*\\.(m4s|mp4|cmfv|cmfa)(\\?.*)?")) {
      broken(Rule.B16, segment.line(), "no EXT-X-MAP for " + segment.uri());
    }
    if (playlist.iFramesOnly()
        && segment.uri().equals(segment.initUri())
        && segment.range().isPresent()
        && segment.initRange().isPresent()
        && segment.range().get().offset()
            < segment.initRange().get().offset() + segment.initRange().get().length()) {
      broken(
          Rule.M5, segment.line(), "the range of segment " + segment.sequence() + " has the init");
    }
  }

  private void dates() {
    Optional<Instant> expected = Optional.empty();
    boolean anyDate = playlist.segments().stream().anyMatch(s -> s.date().isPresent());
    for (Segment segment : playlist.segments()) {
      if (segment.discontinuity() && anyDate && segment.date().isEmpty()) {
        broken(Rule.D5, segment.line(), "no date after the discontinuity at " + segment.sequence());
      }
      if (expected.isPresent() && segment.date().isPresent()) {
        date(segment, expected.get(), segment.date().get());
      }
      Optional<Instant> start = segment.date().isPresent() ? segment.date() : expected;
      expected = start.map(at -> at.plusNanos(segment.seconds().movePointRight(9).longValue()));
    }
  }

  /** After a discontinuity time may have passed, but a date never means two moments. */
  private void date(Segment segment, Instant expected, Instant written) {
    Duration apart = Duration.between(expected, written);
    boolean wrong =
        segment.discontinuity()
            ? apart.compareTo(Duration.ofSeconds(-1)) < 0
            : apart.abs().compareTo(DATE_TOLERANCE) > 0;
    if (wrong) {
      broken(
          Rule.D6,
          segment.line(),
          "segment %d is dated %s, durations say %s"
              .formatted(segment.sequence(), written, expected));
    } else if (apart.compareTo(Duration.ofSeconds(playlist.targetDuration())) > 0) {
      broken(
          Rule.B9,
          segment.line(),
          "%d.%03d s before segment %d are nowhere"
              .formatted(apart.toSeconds(), apart.toMillisPart(), segment.sequence()));
    }
  }

  private void broken(Rule rule, int line, String seen) {
    violations.add(new Violation(rule, Place.of(where).atLine(line), seen));
  }
}

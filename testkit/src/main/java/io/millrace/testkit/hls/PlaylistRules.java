package io.millrace.testkit.hls;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What must hold for one body and for one version of a playlist. Pure. */
public final class PlaylistRules {
  /** What dates may differ from the durations: they are written in milliseconds. */
  private static final long DATE_TOLERANCE_NANOS = 2_000_000;

  private PlaylistRules() {}

  /** B1: the bytes of an answer and its content type. */
  public static List<Violation> body(String where, String contentType, String body) {
    List<Violation> violations = new ArrayList<>();
    if (!contentType
        .strip()
        .toLowerCase(java.util.Locale.ROOT)
        .startsWith("application/vnd.apple.mpegurl")) {
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

  /** B2, B7, B14, B16, D5, D6: one version of a live media playlist. */
  public static List<Violation> live(String where, MediaPlaylist playlist) {
    List<Violation> violations = new ArrayList<>();
    for (Segment segment : playlist.segments()) {
      BigDecimal rounded = segment.seconds().setScale(0, RoundingMode.HALF_UP);
      if (rounded.longValueExact() > playlist.targetDuration()) {
        violations.add(
            new Violation(
                Rule.B2,
                where,
                "segment %d lasts %s, target %d"
                    .formatted(segment.sequence(), segment.seconds(), playlist.targetDuration())));
      }
      if (segment.initUri().isEmpty() && segment.uri().matches(".*\\.(m4s|mp4)(\\?.*)?")) {
        violations.add(new Violation(Rule.B16, where, "no EXT-X-MAP for " + segment.uri()));
      }
    }
    playlist
        .type()
        .ifPresent(type -> violations.add(new Violation(Rule.B7, where, "type is " + type)));
    if (playlist.ended() && !playlist.preloadHints().isEmpty()) {
      violations.add(new Violation(Rule.B14, where, "a preload hint together with ENDLIST"));
    }
    dates(where, playlist, violations);
    return violations;
  }

  /** M1 as far as the text says: every variant has BANDWIDTH and CODECS. */
  public static List<Violation> multivariant(String where, MultivariantPlaylist playlist) {
    List<Violation> violations = new ArrayList<>();
    if (playlist.variants().isEmpty()) {
      violations.add(new Violation(Rule.M1, where, "no variant"));
    }
    for (MultivariantPlaylist.Variant variant : playlist.variants()) {
      for (String name : List.of("BANDWIDTH", "CODECS")) {
        if (variant.attributes().text(name).isEmpty()) {
          violations.add(new Violation(Rule.M1, where, variant.uri() + " has no " + name));
        }
      }
    }
    return violations;
  }

  /** M1_PEAK: a live variant's measured peak stays under 125 % of its BANDWIDTH. */
  public static List<Violation> peak(
      String where, MultivariantPlaylist.Variant variant, double peakBitsPerSecond) {
    double declared =
        variant.attributes().decimal("BANDWIDTH").orElse(BigDecimal.ZERO).doubleValue();
    if (peakBitsPerSecond <= declared * 1.25) {
      return List.of();
    }
    return List.of(
        new Violation(
            Rule.M1_PEAK,
            where,
            "peak of %.0f bit/s, BANDWIDTH is %.0f".formatted(peakBitsPerSecond, declared)));
  }

  private static void dates(String where, MediaPlaylist playlist, List<Violation> violations) {
    Optional<Instant> expected = Optional.empty();
    boolean anyDate = playlist.segments().stream().anyMatch(s -> s.date().isPresent());
    for (Segment segment : playlist.segments()) {
      if (segment.discontinuity() && anyDate && segment.date().isEmpty()) {
        violations.add(
            new Violation(
                Rule.D5, where, "no date after the discontinuity at " + segment.sequence()));
      }
      if (expected.isPresent() && segment.date().isPresent()) {
        long apart = Duration.between(expected.get(), segment.date().get()).toNanos();
        // After a discontinuity time may have passed, but a date never means two moments.
        boolean wrong =
            segment.discontinuity()
                ? apart < -Duration.ofSeconds(1).toNanos()
                : Math.abs(apart) > DATE_TOLERANCE_NANOS;
        if (wrong) {
          violations.add(
              new Violation(
                  Rule.D6,
                  where,
                  "segment %d is dated %s, durations say %s"
                      .formatted(segment.sequence(), segment.date().get(), expected.get())));
        }
      }
      Optional<Instant> start = segment.date().isPresent() ? segment.date() : expected;
      expected = start.map(at -> at.plusNanos(segment.seconds().movePointRight(9).longValue()));
    }
  }
}

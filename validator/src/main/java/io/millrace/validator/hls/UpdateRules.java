package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What must hold between two versions of one media playlist that follow each other. Pure. */
public final class UpdateRules {
  private final String where;
  private final MediaPlaylist before;
  private final MediaPlaylist after;
  private final List<Violation> violations = new ArrayList<>();

  private UpdateRules(String where, MediaPlaylist before, MediaPlaylist after) {
    this.where = where;
    this.before = before;
    this.after = after;
  }

  /** B3, B4, B5, B7, B10, B14, D3, and what L and S say of two versions. */
  public static List<Violation> check(String where, MediaPlaylist before, MediaPlaylist after) {
    UpdateRules rules = new UpdateRules(where, before, after);
    rules.header();
    rules.sequences();
    rules.commonSegments();
    rules.violations.addAll(PartUpdateRules.check(where, before, after));
    rules.violations.addAll(DateRangeUpdateRules.check(where, before, after));
    return rules.violations;
  }

  private void header() {
    if (before.targetDuration() != after.targetDuration()) {
      broken(Rule.B3, "was %d, is %d".formatted(before.targetDuration(), after.targetDuration()));
    }
    if (before.version() != after.version()) {
      broken(Rule.B5, "version was %d, is %d".formatted(before.version(), after.version()));
    }
    if (before.ended() && !listed(after).equals(listed(before))) {
      broken(Rule.B14, "segments changed after ENDLIST");
    }
    if (before.ended() && !after.ended()) {
      broken(Rule.B14, "ENDLIST went away");
    }
  }

  private void sequences() {
    long removed = after.firstSequence() - before.firstSequence();
    if (removed < 0) {
      broken(
          Rule.B4,
          "went back from %d to %d".formatted(before.firstSequence(), after.firstSequence()));
      return;
    }
    if (after.nextSequence() < before.nextSequence()) {
      broken(
          Rule.B5,
          "ended at %d, ends at %d now".formatted(before.nextSequence(), after.nextSequence()));
    }
    if (removed > 0 && before.type().isPresent()) {
      broken(Rule.B7, "%d removed from a list of type %s".formatted(removed, before.type().get()));
    }
    if (before.type().equals(Optional.of("VOD")) && !listed(after).equals(listed(before))) {
      broken(Rule.B7, "a list of type VOD changed");
    }
    if (after.mediaSequence().isEmpty() && before.mediaSequence().isPresent()) {
      broken(Rule.B4, "EXT-X-MEDIA-SEQUENCE went away");
    }
    if (removed > 0
        && after.seconds().compareTo(BigDecimal.valueOf(3 * after.targetDuration())) < 0) {
      broken(
          Rule.B10,
          "%d removed, %s s remain at a target of %d"
              .formatted(removed, after.seconds(), after.targetDuration()));
    }
    if (removed > before.segments().size()) {
      // Versions in between were not seen, so discontinuities can't be counted exactly.
      if (after.discontinuitySequence().orElse(0L) < before.discontinuitySequence().orElse(0L)) {
        broken(Rule.D3, "went back");
      }
      return;
    }
    long discontinuities =
        before.segments().stream().limit(removed).filter(Segment::discontinuity).count();
    long expected = before.discontinuitySequence().orElse(0L) + discontinuities;
    if (after.discontinuitySequence().orElse(0L) != expected) {
      broken(
          Rule.D3,
          "%d discontinuities removed, sequence was %s, is %s"
              .formatted(
                  discontinuities, before.discontinuitySequence(), after.discontinuitySequence()));
    }
  }

  private static List<Segment> listed(MediaPlaylist playlist) {
    return playlist.segments().stream().map(Segment::withoutParts).toList();
  }

  private void commonSegments() {
    for (Segment old : before.segments()) {
      long index = old.sequence() - after.firstSequence();
      if (index < 0 || index >= after.segments().size()) {
        continue;
      }
      Segment now = after.segments().get((int) index);
      if (!now.withoutParts().equals(old.withoutParts())) {
        Rule rule = now.uri().equals(old.uri()) ? Rule.B5 : Rule.B4;
        violations.add(
            new Violation(
                rule,
                Place.of(where).atLine(now.line()),
                "segment %d was %s, is %s".formatted(old.sequence(), old, now)));
      }
    }
  }

  private void broken(Rule rule, String seen) {
    violations.add(new Violation(rule, where, seen));
  }
}

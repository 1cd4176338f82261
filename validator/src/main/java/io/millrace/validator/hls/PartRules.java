package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** What must hold for the parts in one version of a media playlist (L3, L7 to L9). Pure. */
final class PartRules {
  private static final BigDecimal HALF = new BigDecimal("0.5");

  /** A tick of any timescale that is in use is shorter. */
  private static final BigDecimal TICK = new BigDecimal("0.0001");

  private final String where;
  private final MediaPlaylist playlist;
  private final List<Violation> violations = new ArrayList<>();

  private PartRules(String where, MediaPlaylist playlist) {
    this.where = where;
    this.playlist = playlist;
  }

  static List<Violation> check(String where, MediaPlaylist playlist) {
    PartRules rules = new PartRules(where, playlist);
    rules.segments();
    OpenSegment open = playlist.open();
    rules.durations(open.parts(), playlist.nextSequence(), open.line());
    rules.late(open.lateTags(), playlist.nextSequence(), open.line());
    return rules.violations;
  }

  private void segments() {
    BigDecimal toTheEnd = playlist.seconds();
    BigDecimal listed = BigDecimal.valueOf(3 * playlist.targetDuration());
    boolean first = true;
    for (Segment segment : playlist.segments()) {
      toTheEnd = toTheEnd.subtract(segment.seconds());
      late(segment.lateTags(), segment.sequence(), segment.line());
      if (segment.parts().isEmpty()) {
        continue;
      }
      durations(segment.parts(), segment.sequence(), segment.line());
      sum(segment, first);
      first = false;
      if (toTheEnd.compareTo(listed) > 0 && !playlist.ended()) {
        broken(
            Rule.L9_SHOULD,
            segment.line(),
            "parts of segment %d, %s s from the end".formatted(segment.sequence(), toTheEnd));
      }
    }
  }

  /**
   * L3. The last one that is listed may be the segment's last. Of a short one it is certain here
   * that its next frame would have fitted where all of the next part would have: else its media
   * tells.
   */
  private void durations(List<Part> parts, long sequence, int line) {
    if (playlist.partTarget().isEmpty()) {
      return;
    }
    BigDecimal target = playlist.partTarget().get();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      boolean last = i == parts.size() - 1;
      boolean beforeGap = !last && parts.get(i + 1).gap();
      boolean isTooShort =
          !last
              && !beforeGap
              && part.isShort(target)
              && part.seconds().add(parts.get(i + 1).seconds()).compareTo(target) <= 0;
      if (part.seconds().compareTo(target) > 0 || isTooShort) {
        broken(
            Rule.L3,
            line,
            "part %d of segment %d lasts %s, the target is %s"
                .formatted(i, sequence, part.seconds(), target));
      }
    }
  }

  /**
   * L7: each duration is written to its last digit, so each may be half of that off. A part that is
   * as long as parts may be can have a frame that lasts longer: its media tells.
   *
   * @param oldest whether the first parts of it may have been removed
   */
  private void sum(Segment segment, boolean oldest) {
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal room = TICK.add(halfDigit(segment.seconds()));
    for (Part part : segment.parts()) {
      sum = sum.add(part.seconds());
      room = room.add(halfDigit(part.seconds()));
    }
    BigDecimal apart = sum.subtract(segment.seconds());
    boolean mayBeShort = oldest || segment.parts().stream().anyMatch(this::isLongest);
    if (apart.compareTo(room) > 0 || (!mayBeShort && apart.negate().compareTo(room) > 0)) {
      broken(
          Rule.L7,
          segment.line(),
          "segment %d lasts %s, its parts %s"
              .formatted(segment.sequence(), segment.seconds(), sum));
    }
  }

  private boolean isLongest(Part part) {
    return playlist
        .partTarget()
        .filter(target -> part.seconds().add(TICK).compareTo(target) >= 0)
        .isPresent();
  }

  private static BigDecimal halfDigit(BigDecimal written) {
    return HALF.movePointLeft(Math.max(0, written.scale()));
  }

  /** L8. */
  private void late(List<String> tags, long sequence, int line) {
    if (!tags.isEmpty()) {
      broken(
          Rule.L8,
          line,
          "%s of segment %d after its first part".formatted(String.join(", ", tags), sequence));
    }
  }

  private void broken(Rule rule, int line, String seen) {
    violations.add(new Violation(rule, Place.of(where).atLine(line), seen));
  }
}

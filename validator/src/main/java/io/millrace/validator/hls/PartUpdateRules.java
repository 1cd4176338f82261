package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What must hold for parts, hints and server control between two versions of one media playlist
 * that follow each other (B5, L2, L8 to L10, L27). Pure.
 */
final class PartUpdateRules {
  private final String where;
  private final MediaPlaylist before;
  private final MediaPlaylist after;
  private final List<Violation> violations = new ArrayList<>();

  private PartUpdateRules(String where, MediaPlaylist before, MediaPlaylist after) {
    this.where = where;
    this.before = before;
    this.after = after;
  }

  static List<Violation> check(String where, MediaPlaylist before, MediaPlaylist after) {
    PartUpdateRules rules = new PartUpdateRules(where, before, after);
    rules.header();
    rules.listedParts();
    rules.openSegment();
    rules.hint();
    rules.initSection();
    return rules.violations;
  }

  private void header() {
    if (!before.partTarget().equals(after.partTarget())) {
      broken(
          Rule.L2,
          "PART-TARGET was %s, is %s"
              .formatted(words(before.partTarget()), words(after.partTarget())));
    }
    Optional<BigDecimal> held = before.control("PART-HOLD-BACK");
    if (!held.equals(after.control("PART-HOLD-BACK"))) {
      broken(
          Rule.L2,
          "PART-HOLD-BACK was %s, is %s"
              .formatted(words(held), words(after.control("PART-HOLD-BACK"))));
    } else if (!before.serverControl().equals(after.serverControl())) {
      broken(
          Rule.B5,
          "EXT-X-SERVER-CONTROL was %s, is %s"
              .formatted(before.serverControl(), after.serverControl()));
    }
  }

  private static String words(Optional<BigDecimal> written) {
    return written.map(BigDecimal::toPlainString).orElse("not written");
  }

  /** Parts of whole segments only go, in their order, and not before they are old. */
  private void listedParts() {
    BigDecimal listed = BigDecimal.valueOf(3 * after.targetDuration());
    BigDecimal toTheEnd = after.seconds();
    boolean kept = false;
    for (Segment now : after.segments()) {
      List<Part> old = partsBefore(now.sequence());
      if (!old.isEmpty()) {
        boolean gone = now.parts().size() < old.size() && isTail(now.parts(), old);
        if (gone && kept) {
          broken(Rule.B5, "parts of segment %d went before older ones".formatted(now.sequence()));
        } else if (gone && now.parts().isEmpty() && toTheEnd.compareTo(listed) < 0) {
          broken(
              Rule.L9_SHOULD,
              "parts of segment %d went %s s from the end".formatted(now.sequence(), toTheEnd));
        } else if (!gone && !isHead(old, now.parts())) {
          broken(
              Rule.B5,
              "parts of segment %d were %s, are %s".formatted(now.sequence(), old, now.parts()));
        }
      }
      kept |= !now.parts().isEmpty();
      toTheEnd = toTheEnd.subtract(now.seconds());
    }
  }

  /** What was listed of a segment, whole or not; a whole one gets no more. */
  private List<Part> partsBefore(long sequence) {
    if (sequence == before.nextSequence()) {
      return before.nextParts();
    }
    return before.segments().stream()
        .filter(segment -> segment.sequence() == sequence)
        .findFirst()
        .map(Segment::parts)
        .orElse(List.of());
  }

  private static boolean isTail(List<Part> now, List<Part> old) {
    return old.subList(old.size() - now.size(), old.size()).equals(now);
  }

  private static boolean isHead(List<Part> old, List<Part> now) {
    return now.size() >= old.size() && now.subList(0, old.size()).equals(old);
  }

  /** The open segment only grows, and its tags are those of the whole one. */
  private void openSegment() {
    OpenSegment open = before.open();
    long index = before.nextSequence() - after.firstSequence();
    if (open.parts().isEmpty() || index < 0 || index > after.segments().size()) {
      return;
    }
    if (index == after.segments().size()) {
      if (!isHead(open.parts(), after.nextParts()) && !after.ended()) {
        broken(
            Rule.B5,
            "parts of segment %d were %s, are %s"
                .formatted(before.nextSequence(), open.parts(), after.nextParts()));
      } else if (!after.nextParts().isEmpty()) {
        OpenSegment now = after.open();
        same("date", open.date(), now.date());
        same("discontinuity", open.discontinuity(), now.discontinuity());
        same("init section", open.initUri() + open.initRange(), now.initUri() + now.initRange());
        same("keys", open.keys(), now.keys());
      }
      return;
    }
    Segment now = after.segments().get((int) index);
    same("date", open.date(), now.date());
    same("discontinuity", open.discontinuity(), now.discontinuity());
    same("init section", open.initUri() + open.initRange(), now.initUri() + now.initRange());
    same("keys", open.keys(), now.keys());
  }

  private void same(String what, Object open, Object now) {
    if (!open.equals(now)) {
      broken(
          Rule.L8,
          "%s of segment %d was %s with its parts, is %s"
              .formatted(what, before.nextSequence(), open, now));
    }
  }

  /** L10: what was hinted is what came, unless the plan changed at a break. */
  private void hint() {
    Optional<AttributeList> hint = before.hint("PART");
    EdgePosition next = before.edge().next();
    Optional<Part> came = at(next.sequence(), next.part());
    if (hint.isEmpty() || came.isEmpty() || came.get().gap() || isBroken(next.sequence())) {
      return;
    }
    String uri = hint.get().text("URI").orElse("");
    Optional<BigDecimal> start = hint.get().decimal("BYTERANGE-START");
    boolean other =
        !came.get().uri().equals(uri)
            || !start
                .map(BigDecimal::longValue)
                .equals(came.get().range().map(ByteRange::offset).filter(at -> start.isPresent()));
    if (other) {
      broken(Rule.L10, "%s was hinted, %s came as %s".formatted(uri, came.get().uri(), next));
    }
  }

  /** The part that came as the next one: the first of a segment where the one before was over. */
  private Optional<Part> at(long sequence, int index) {
    List<Part> parts =
        sequence == after.nextSequence()
            ? after.nextParts()
            : after.segments().stream()
                .filter(segment -> segment.sequence() == sequence)
                .findFirst()
                .map(Segment::parts)
                .orElse(List.of());
    if (index < parts.size()) {
      return Optional.of(parts.get(index));
    }
    boolean over = sequence < after.nextSequence() && !parts.isEmpty();
    return over ? at(sequence + 1, 0) : Optional.empty();
  }

  private boolean isBroken(long from) {
    boolean next = after.nextSequence() >= from && after.open().discontinuity();
    return next
        || after.segments().stream()
            .anyMatch(
                segment ->
                    segment.sequence() >= from && (segment.discontinuity() || segment.gap()));
  }

  /** L27: a new init section was hinted. */
  private void initSection() {
    if (!before.hasParts()) {
      return;
    }
    String now =
        after.nextParts().isEmpty() && !after.segments().isEmpty()
            ? after.segments().getLast().initUri()
            : after.open().initUri();
    boolean follows = after.nextSequence() - before.nextSequence() <= 1;
    Optional<String> hinted = before.hint("MAP").flatMap(hint -> hint.text("URI"));
    if (follows && !now.equals(before.open().initUri()) && !hinted.equals(Optional.of(now))) {
      broken(Rule.L27_MAP, "the init section became " + now + ", which was not hinted");
    }
  }

  private void broken(Rule rule, String seen) {
    violations.add(new Violation(rule, Place.of(where), seen));
  }
}

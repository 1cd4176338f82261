package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What must hold for the date ranges in one version of a media playlist (S1 to S3). Pure. */
final class DateRangeRules {
  private static final Pattern HEXADECIMAL = Pattern.compile("0[xX]([0-9a-fA-F]{2})+");
  private static final int SPLICE_TABLE = 0xFC;

  /** Table id and section length come before what the length counts. */
  private static final int SECTION_HEAD_BYTES = 3;

  /** A frame of slow pictures: what a cut may be away from the time that it was asked for. */
  private static final Duration FRAME = Duration.ofMillis(50);

  /** What dates are written in. */
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  private final String where;
  private final MediaPlaylist playlist;
  private final Map<String, DateRange> ranges;
  private final List<Violation> violations = new ArrayList<>();

  private DateRangeRules(String where, MediaPlaylist playlist) {
    this.where = where;
    this.playlist = playlist;
    this.ranges = DateRange.consolidated(playlist.dateRanges());
  }

  static List<Violation> check(String where, MediaPlaylist playlist) {
    if (playlist.dateRanges().isEmpty()) {
      return List.of();
    }
    DateRangeRules rules = new DateRangeRules(where, playlist);
    rules.dates();
    rules.conflicts();
    rules.ranges.values().forEach(rules::range);
    rules.ranges.values().forEach(rules::splice);
    rules.overlaps();
    rules.cuts();
    return rules.violations;
  }

  private void dates() {
    if (playlist.open().date().isEmpty()
        && playlist.segments().stream().noneMatch(segment -> segment.date().isPresent())) {
      broken(Rule.S1, playlist.dateRanges().getFirst(), "date ranges, but no date");
    }
  }

  private void conflicts() {
    Map<String, DateRange> first = new HashMap<>();
    for (DateRange tag : playlist.dateRanges()) {
      DateRange before = first.putIfAbsent(tag.id(), tag);
      if (before == null && tag.attributes().text("START-DATE").isEmpty()) {
        broken(Rule.S1, tag, "no START-DATE");
      }
      DateRange all = ranges.getOrDefault(tag.id(), tag);
      List<String> names = all.conflicts(tag);
      if (!names.isEmpty()) {
        broken(Rule.S1, tag, "other tags of it have another " + String.join(", ", names));
      }
    }
  }

  private void range(DateRange range) {
    AttributeList attributes = range.attributes();
    for (String name : List.of("START-DATE", "END-DATE")) {
      attributes
          .text(name)
          .filter(value -> TagValues.instant(value).isEmpty())
          .ifPresent(value -> broken(Rule.S1, range, name + " is no date with a zone: " + value));
    }
    for (String name : List.of("DURATION", "PLANNED-DURATION")) {
      if (attributes.text(name).isPresent() && attributes.decimal(name).isEmpty()) {
        broken(Rule.S1, range, name + " is no duration: " + attributes.text(name).get());
      }
    }
    Optional<Instant> start = range.start();
    Optional<Instant> end = attributes.text("END-DATE").flatMap(TagValues::instant);
    if (start.isPresent() && end.isPresent()) {
      if (end.get().isBefore(start.get())) {
        broken(Rule.S1, range, "ends before it starts");
      }
      range
          .after(start.get(), "DURATION")
          .filter(at -> Duration.between(at, end.get()).abs().compareTo(MILLISECOND) > 0)
          .ifPresent(
              at -> broken(Rule.S1, range, "END-DATE is not START-DATE and DURATION: " + at));
    }
    if (attributes.yes("END-ON-NEXT")) {
      if (attributes.text("CLASS").isEmpty()) {
        broken(Rule.S1, range, "END-ON-NEXT without CLASS");
      }
      if (attributes.text("DURATION").isPresent() || attributes.text("END-DATE").isPresent()) {
        broken(Rule.S1, range, "END-ON-NEXT with DURATION or END-DATE");
      }
    } else if (attributes.text("END-ON-NEXT").isPresent()) {
      broken(Rule.S1, range, "END-ON-NEXT is not YES");
    }
    List<String> cues = List.of(attributes.text("CUE").orElse("").split(","));
    if (cues.contains("PRE") && cues.contains("POST")) {
      broken(Rule.S1, range, "CUE is both PRE and POST");
    }
  }

  /** Ranges of a class with END-ON-NEXT do not overlap. */
  private void overlaps() {
    for (DateRange open : ranges.values()) {
      if (!open.attributes().yes("END-ON-NEXT") || open.start().isEmpty()) {
        continue;
      }
      for (DateRange other : ranges.values()) {
        boolean over =
            open.attributes().text("CLASS").equals(other.attributes().text("CLASS"))
                && other.start().map(at -> at.isBefore(open.start().get())).orElse(false)
                && other.end().map(at -> at.isAfter(open.start().get())).orElse(false);
        if (over) {
          broken(Rule.S1, open, "overlaps " + other.id() + " of its class");
        }
      }
    }
  }

  private void splice(DateRange range) {
    AttributeList attributes = range.attributes();
    for (String name : List.of("SCTE35-OUT", "SCTE35-IN", "SCTE35-CMD")) {
      attributes
          .text(name)
          .filter(value -> !isSection(value))
          .ifPresent(
              value -> broken(Rule.S2, range, name + " is no splice_info_section: " + value));
    }
    if (attributes.text("SCTE35-IN").isPresent()) {
      if (!range.isSpliceOut()) {
        broken(Rule.S2, range, "SCTE35-IN without the SCTE35-OUT of the same ID");
      }
      if (attributes.text("DURATION").isEmpty() && attributes.text("END-DATE").isEmpty()) {
        broken(Rule.S2, range, "SCTE35-IN without DURATION or END-DATE");
      }
    }
  }

  private static boolean isSection(String value) {
    if (!HEXADECIMAL.matcher(value).matches()) {
      return false;
    }
    int bytes = (value.length() - 2) / 2;
    if (bytes <= SECTION_HEAD_BYTES || Integer.parseInt(value, 2, 4, 16) != SPLICE_TABLE) {
      return false;
    }
    int length = Integer.parseInt(value, 4, 8, 16) & 0xFFF;
    return length == bytes - SECTION_HEAD_BYTES;
  }

  /** S3: a splice is at the start of a segment, where it is within what is listed. */
  private void cuts() {
    List<SegmentDates.Dated> listed = SegmentDates.of(playlist);
    for (DateRange range : ranges.values()) {
      if (!range.isSpliceOut()) {
        continue;
      }
      range.start().ifPresent(at -> cut(range, "starts", at, listed));
      if (range.attributes().text("SCTE35-IN").isPresent()) {
        range.end().ifPresent(at -> cut(range, "ends", at, listed));
      }
    }
  }

  private void cut(DateRange range, String does, Instant at, List<SegmentDates.Dated> listed) {
    for (SegmentDates.Dated dated : listed) {
      if (at.isAfter(dated.start().plus(FRAME)) && at.isBefore(dated.end().minus(FRAME))) {
        broken(
            Rule.S3,
            range,
            "%s %s s into segment %d"
                .formatted(
                    does,
                    BigDecimal.valueOf(Duration.between(dated.start(), at).toMillis(), 3),
                    dated.segment().sequence()));
        return;
      }
    }
  }

  private void broken(Rule rule, DateRange range, String seen) {
    violations.add(
        new Violation(rule, Place.of(where).atLine(range.line()), range.id() + ": " + seen));
  }
}

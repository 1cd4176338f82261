package io.millrace.validator.hls;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What must hold for date ranges between two versions of one media playlist (S1, S2). Pure. */
final class DateRangeUpdateRules {
  private static final Duration FRAME = Duration.ofMillis(50);

  private final String where;
  private final MediaPlaylist before;
  private final MediaPlaylist after;
  private final List<Violation> violations = new ArrayList<>();

  private DateRangeUpdateRules(String where, MediaPlaylist before, MediaPlaylist after) {
    this.where = where;
    this.before = before;
    this.after = after;
  }

  static List<Violation> check(String where, MediaPlaylist before, MediaPlaylist after) {
    DateRangeUpdateRules rules = new DateRangeUpdateRules(where, before, after);
    Map<String, DateRange> old = DateRange.consolidated(before.dateRanges());
    Map<String, DateRange> now = DateRange.consolidated(after.dateRanges());
    old.forEach(
        (id, range) ->
            Optional.ofNullable(now.get(id))
                .ifPresentOrElse(same -> rules.changed(range, same), () -> rules.removed(range)));
    now.forEach(
        (id, range) -> {
          if (!old.containsKey(id)) {
            rules.announced(range);
          }
        });
    return rules.violations;
  }

  /** Attributes may be added, never changed or lost. */
  private void changed(DateRange old, DateRange now) {
    List<String> names = new ArrayList<>(old.conflicts(now));
    old.attributes().values().keySet().stream()
        .filter(name -> now.attributes().text(name).isEmpty())
        .forEach(names::add);
    if (!names.isEmpty()) {
      broken(Rule.S1, now, String.join(", ", names) + " changed or went away");
    }
  }

  /** A range of which nobody knows the end is taken for its start. */
  private void removed(DateRange range) {
    List<SegmentDates.Dated> listed = SegmentDates.of(after);
    if (listed.isEmpty() || range.start().isEmpty()) {
      return;
    }
    Instant from = listed.getFirst().start();
    Instant to = listed.getLast().end();
    Instant start = range.start().get();
    Instant end = range.end().orElse(start);
    boolean instant = !end.isAfter(start) && !start.isBefore(from) && start.isBefore(to);
    if (instant || (end.isAfter(from) && start.isBefore(to))) {
      broken(Rule.S1, range, "was removed, but " + from + " to " + to + " is listed");
    }
  }

  /** S2: it comes no later than with the last segment before the splice. */
  private void announced(DateRange range) {
    Optional<Instant> start = range.start().filter(at -> range.isSpliceOut());
    List<SegmentDates.Dated> listed = SegmentDates.of(before);
    if (start.isPresent()
        && !listed.isEmpty()
        && !listed.getLast().end().isBefore(start.get().minus(FRAME))) {
      broken(
          Rule.S2_SHOULD,
          range,
          "was announced when the segments up to it were listed already, to "
              + listed.getLast().end());
    }
  }

  private void broken(Rule rule, DateRange range, String seen) {
    violations.add(
        new Violation(rule, Place.of(where).atLine(range.line()), range.id() + ": " + seen));
  }
}

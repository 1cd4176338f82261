package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One EXT-X-DATERANGE, or all of one ID put together.
 *
 * @param line of the first tag, from 1
 */
public record DateRange(int line, AttributeList attributes) {
  /** The ID; empty where it is not written. */
  public String id() {
    return attributes.text("ID").orElse("");
  }

  /** START-DATE, if it is a date. */
  public Optional<Instant> start() {
    return date("START-DATE");
  }

  /** When it ends, as far as that is known: planned durations don't count. */
  public Optional<Instant> end() {
    Optional<Instant> written = date("END-DATE");
    return written.isPresent() ? written : start().flatMap(at -> after(at, "DURATION"));
  }

  /** START-DATE and a duration. */
  Optional<Instant> after(Instant start, String duration) {
    return attributes
        .decimal(duration)
        .filter(seconds -> seconds.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) < 0)
        .flatMap(seconds -> plus(start, Duration.ofNanos(seconds.movePointRight(9).longValue())));
  }

  /** Empty behind the last date that there is. */
  private static Optional<Instant> plus(Instant start, Duration time) {
    try {
      return Optional.of(start.plus(time));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private Optional<Instant> date(String name) {
    return attributes.text(name).flatMap(TagValues::instant);
  }

  /** Whether it is a splice out of the programme (SCTE-35). */
  public boolean isSpliceOut() {
    return attributes.text("SCTE35-OUT").isPresent();
  }

  /**
   * Puts tags of one ID together as a client does; where they conflict the first one counts.
   *
   * @return by ID, in the order of the first tags
   */
  public static Map<String, DateRange> consolidated(List<DateRange> tags) {
    Map<String, DateRange> ranges = new LinkedHashMap<>();
    for (DateRange tag : tags) {
      ranges.merge(tag.id(), tag, DateRange::and);
    }
    return ranges;
  }

  private DateRange and(DateRange later) {
    Map<String, String> all = new LinkedHashMap<>(later.attributes.values());
    all.putAll(attributes.values());
    return new DateRange(line, new AttributeList(all));
  }

  /** The names of attributes that another range has otherwise. */
  List<String> conflicts(DateRange other) {
    List<String> names = new ArrayList<>();
    attributes
        .values()
        .forEach(
            (name, value) -> {
              if (!value.equals(other.attributes.values().getOrDefault(name, value))) {
                names.add(name);
              }
            });
    return names;
  }
}

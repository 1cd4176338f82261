package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** When the segments of a playlist are, by its dates and durations (RFC 8216bis 4.4.4.6). Pure. */
public final class SegmentDates {
  /** A segment of which the date is known. */
  record Dated(Segment segment, Instant start, Instant end) {}

  private SegmentDates() {}

  /** The segments that have a date, or follow one that has. */
  static List<Dated> of(MediaPlaylist playlist) {
    List<Dated> all = new ArrayList<>();
    Optional<Instant> next = Optional.empty();
    for (Segment segment : playlist.segments()) {
      Optional<Instant> start = segment.date().isPresent() ? segment.date() : next;
      next = start.map(at -> plus(at, segment.seconds()));
      if (start.isPresent()) {
        all.add(new Dated(segment, start.get(), plus(start.get(), segment.seconds())));
      }
    }
    return all;
  }

  /** When segments with media start, by their addresses. */
  public static Map<String, Instant> starts(MediaPlaylist playlist) {
    Map<String, Instant> starts = new HashMap<>();
    of(playlist).stream()
        .filter(dated -> !dated.segment().gap())
        .forEach(dated -> starts.put(dated.segment().uri(), dated.start()));
    return starts;
  }

  /** When what follows the last segment starts. */
  static Optional<Instant> next(MediaPlaylist playlist) {
    if (playlist.open().date().isPresent()) {
      return playlist.open().date();
    }
    List<Dated> all = of(playlist);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast().end());
  }

  /** When what is listed ends, parts too. */
  public static Optional<Instant> end(MediaPlaylist playlist) {
    BigDecimal parts =
        playlist.nextParts().stream().map(Part::seconds).reduce(BigDecimal.ZERO, BigDecimal::add);
    return next(playlist).map(at -> plus(at, parts));
  }

  private static Instant plus(Instant at, BigDecimal seconds) {
    try {
      return at.plusNanos(seconds.movePointRight(9).longValue());
    } catch (DateTimeException e) {
      return at;
    }
  }
}

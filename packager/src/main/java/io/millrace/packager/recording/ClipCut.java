package io.millrace.packager.recording;

import io.millrace.packager.ClipMoment;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which segments a part of a recording has: those that show the range, from one on that can be
 * decoded by itself, without lost time at the ends. All renditions have the same numbers, by the
 * one that is offered first; a clip's begin with 0. Pure.
 *
 * @param from where the part that was asked for begins; times are as the playlists count them
 * @param to where it ends
 * @param begins where the first segment begins
 * @param ends where the last one ends
 * @param firstMsn the number there of what is number 0 here
 * @param startsAt when what is seen first was sent
 * @param endsAt when what is seen last was sent
 * @param segments by the names of their renditions
 * @param renditions what those are, without segments
 */
record ClipCut(
    Duration from,
    Duration to,
    Duration begins,
    Duration ends,
    long firstMsn,
    Instant startsAt,
    Instant endsAt,
    Map<String, List<Segment>> segments,
    List<Rendition> renditions) {
  /** Clocks and rounding: what is asked for beyond the end by so little is the end. */
  private static final long SLACK_NANOS = 1_000_000_000L;

  private static final Duration FAR = Duration.ofDays(1);

  /** A range that a recording does not have. */
  static final class RangeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String words;

    /**
     * @param message the name of the field, and what is wrong with it
     */
    RangeException(String message) {
      super(message);
      this.words = message;
    }

    String words() {
      return words;
    }
  }

  /** Times of the rendition that says where to cut, in nanoseconds from its first segment on. */
  private static final class Clock {
    final List<Segment> line;
    final long[] starts;
    final long end;

    Clock(List<Segment> line) {
      this.line = line;
      this.starts = new long[line.size()];
      long at = 0;
      for (int i = 0; i < starts.length; i++) {
        starts[i] = at;
        at += line.get(i).durationNanos();
      }
      this.end = at;
    }

    long endOf(int index) {
      return starts[index] + line.get(index).durationNanos();
    }

    /** The last segment that starts there or before. */
    int at(long nanos) {
      int index = starts.length - 1;
      while (index > 0 && starts[index] > nanos) {
        index--;
      }
      return index;
    }

    long place(String field, ClipMoment moment) throws RangeException {
      return switch (moment) {
        case ClipMoment.Offset(Duration offset) ->
            offset.isNegative() ? end + offset.toNanos() : offset.toNanos();
        case ClipMoment.Date(Instant date) -> dated(field, date);
      };
    }

    /** Of a time at which nothing was sent it is where the next begins. */
    private long dated(String field, Instant date) throws RangeException {
      if (date.isBefore(line.getFirst().programDateTime())) {
        throw new RangeException(
            field + ": is before the first picture, of " + line.getFirst().programDateTime());
      }
      for (int i = 0; i < starts.length; i++) {
        Segment segment = line.get(i);
        if (date.isBefore(segment.end())) {
          Duration into = Duration.between(segment.programDateTime(), date);
          return starts[i] + (into.isNegative() ? 0 : into.toNanos());
        }
      }
      Duration behind = Duration.between(line.getLast().end(), date);
      return end + (behind.compareTo(FAR) > 0 ? FAR : behind).toNanos();
    }
  }

  /**
   * Cuts.
   *
   * @param source with all of its segments
   */
  static ClipCut of(Presentation source, Optional<ClipMoment> from, Optional<ClipMoment> to)
      throws RangeException {
    List<Rendition> lines =
        source.renditions().stream().filter(line -> !line.held().isEmpty()).toList();
    Rendition main =
        lines.stream()
            .filter(line -> line.hasMedia() && !line.info().isText())
            .findFirst()
            .orElseThrow(() -> new RangeException("from: there is no media yet"));
    Clock clock = new Clock(main.held());
    long begin = from.isPresent() ? clock.place("from", from.get()) : 0;
    long end = to.isPresent() ? clock.place("to", to.get()) : clock.end;
    check(source, clock, begin, end);
    end = Math.min(end, clock.end);
    int first = firstOf(clock, begin);
    int last = clock.at(end - 1);
    while (last > first && clock.line.get(last).gap()) {
      last--;
    }
    while (first < last && clock.line.get(first).gap()) {
      first++;
    }
    if (clock.line.get(first).gap()) {
      throw new RangeException("from: nothing was received between there and the end");
    }
    Map<String, List<Segment>> segments =
        between(lines, clock.line.get(first).msn(), clock.line.get(last).msn());
    return new ClipCut(
        Duration.ofNanos(begin),
        Duration.ofNanos(end),
        Duration.ofNanos(clock.starts[first]),
        Duration.ofNanos(clock.endOf(last)),
        clock.line.get(first).msn(),
        clock.line.get(first).programDateTime(),
        clock.line.get(last).end(),
        segments,
        described(lines, segments, source.targetSeconds()));
  }

  private static void check(Presentation source, Clock clock, long begin, long end)
      throws RangeException {
    String there =
        source.ended()
            ? " lasts " + seconds(clock.end)
            : " has come to " + seconds(clock.end) + " so far";
    if (begin < 0 || begin >= clock.end) {
      throw new RangeException("from: is outside of the recording, which" + there);
    }
    if (end < 0 || end > clock.end + SLACK_NANOS) {
      throw new RangeException("to: is outside of the recording, which" + there);
    }
    if (end <= begin) {
      throw new RangeException(
          "to: is not behind from: " + seconds(end) + " are no later than " + seconds(begin));
    }
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }

  /** From a segment that needs nothing before it, if there is one behind what was lost. */
  private static int firstOf(Clock clock, long begin) {
    int wanted = clock.at(begin);
    int first = wanted;
    while (first > 0
        && !clock.line.get(first).independent()
        && !clock.line.get(first).discontinuity()
        && !clock.line.get(first - 1).gap()) {
      first--;
    }
    return clock.line.get(first).independent() ? first : wanted;
  }

  private static Map<String, List<Segment>> between(
      List<Rendition> lines, long firstMsn, long lastMsn) {
    Map<String, List<Segment>> segments = new LinkedHashMap<>();
    for (Rendition line : lines) {
      List<Segment> chosen = new ArrayList<>();
      for (Segment segment : line.held()) {
        if (segment.msn() >= firstMsn && segment.msn() <= lastMsn) {
          chosen.add(numbered(segment, segment.msn() - firstMsn));
        }
      }
      if (!chosen.isEmpty()) {
        segments.put(line.name(), List.copyOf(chosen));
      }
    }
    return segments;
  }

  private static Segment numbered(Segment segment, long msn) {
    return new Segment(
        msn,
        segment.epoch(),
        segment.init(),
        segment.durationTicks(),
        segment.timescale(),
        segment.mediaNanos(),
        segment.programDateTime(),
        segment.discontinuity() && msn > 0,
        segment.gap(),
        segment.independent(),
        segment.size(),
        segment.keyFrameBytes(),
        List.of(),
        Optional.empty(),
        true);
  }

  private static List<Rendition> described(
      List<Rendition> lines, Map<String, List<Segment>> segments, int targetSeconds) {
    List<Rendition> described = new ArrayList<>();
    for (Rendition line : lines) {
      List<Segment> chosen = segments.get(line.name());
      if (chosen != null) {
        described.add(described(line, chosen, targetSeconds));
      }
    }
    return described;
  }

  private static Rendition described(Rendition line, List<Segment> chosen, int targetSeconds) {
    Map<String, RenditionInfo> formats = new HashMap<>();
    BitRate rate = BitRate.NONE;
    for (Segment segment : chosen) {
      rate = rate.with(segment, targetSeconds);
      RenditionInfo format = line.formats().get(segment.init());
      if (format != null) {
        formats.put(segment.init(), format);
      }
    }
    String last = chosen.getLast().init();
    RenditionInfo newest =
        line.held().getLast().init().equals(last)
            ? line.info()
            : formats.getOrDefault(last, line.info());
    return new Rendition(
        newest,
        formats,
        0,
        chosen.getLast().msn() + 1,
        List.of(),
        0,
        0,
        GrowingText.Span.EMPTY,
        GrowingText.Span.EMPTY,
        false,
        Map.of(),
        rate,
        Optional.empty(),
        false,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }

  /** Bytes of all segments. */
  long bytes() {
    return segments.values().stream().flatMap(List::stream).mapToLong(Segment::size).sum();
  }

  /** The format with the widest picture; empty without one. */
  Optional<RenditionInfo> picture() {
    return renditions.stream()
        .flatMap(line -> line.formats().values().stream())
        .filter(format -> format.width() > 0)
        .max(Comparator.comparingInt(RenditionInfo::width));
  }

  /** Behind the last number. */
  long nextMsn() {
    return segments.values().stream().mapToLong(line -> line.getLast().msn()).max().orElseThrow()
        + 1;
  }

  /**
   * All objects that are needed: what each is called in the clip, and what it is called in that of
   * which it is a part, behind the broadcasts' prefixes.
   */
  Map<String, String> objects() {
    Map<String, String> names = new LinkedHashMap<>();
    segments.forEach(
        (rendition, line) -> {
          for (Segment segment : line) {
            if (!segment.gap()) {
              if (segment.hasInit()) {
                String header = rendition + "/" + segment.init();
                names.put(header, header);
              }
              names.put(
                  rendition + "/" + segment.name(),
                  rendition + "/" + numbered(segment, segment.msn() + firstMsn).name());
            }
          }
        });
    return names;
  }
}

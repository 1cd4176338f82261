package io.millrace.packager.recording;

import io.millrace.packager.ClipMoment;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a part of a recording has. All renditions have the same numbers, by the one that is offered
 * first; a clip's begin with 0. Pure.
 *
 * @param range where it is cut, in times and numbers of the whole
 * @param segments by the names of their renditions
 * @param renditions what those are, without segments
 */
record ClipCut(ClipRange range, Map<String, List<Segment>> segments, List<Rendition> renditions) {
  /**
   * Cuts.
   *
   * @param source with all of its segments
   */
  static ClipCut of(Presentation source, Optional<ClipMoment> from, Optional<ClipMoment> to)
      throws ClipRange.RangeException {
    List<Rendition> lines =
        source.renditions().stream().filter(line -> !line.held().isEmpty()).toList();
    Rendition main =
        lines.stream()
            .filter(line -> line.hasMedia() && !line.info().isText())
            .findFirst()
            .orElseThrow(() -> new ClipRange.RangeException("from: there is no media yet"));
    ClipRange range = ClipRange.of(main.held(), source.ended(), from, to);
    Map<String, List<Segment>> segments = between(lines, range.firstMsn(), range.lastMsn());
    return new ClipCut(range, segments, described(lines, segments, source.targetSeconds()));
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
    return Rendition.recorded(newest, formats, chosen.getLast().msn() + 1, rate);
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

  /** What it says of cue points: those that its first rendition overlaps. */
  RecordedCues cues(RecordedCues whole) {
    List<Segment> line = segments.values().iterator().next();
    Segment last = line.getLast();
    return whole.between(
        line.getFirst().mediaNanos(), last.mediaNanos() + last.durationNanos(), range.firstMsn());
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
                  rendition + "/" + numbered(segment, segment.msn() + range.firstMsn()).name());
            }
          }
        });
    return names;
  }
}

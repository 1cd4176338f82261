package io.millrace.packager.dash;

import io.millrace.media.Timescale;
import io.millrace.media.TrackLabel;
import io.millrace.packager.presentation.FrameRate;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.presentation.Periods;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.segment.SegmentFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes what one period has of each rendition (ISO/IEC 23009-1 5.3.3, 5.3.5, 5.3.9). */
final class AdaptationSets {
  private static final String CHANNELS = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";

  private static final String SWITCHING = "urn:mpeg:dash:adaptation-set-switching:2016";

  /**
   * The ids of sound are behind this one, which is that of what is made of it; pictures' are below.
   */
  private static final int FIRST_SOUND = 100;

  private AdaptationSets() {}

  /**
   * Those of all renditions that have media in the period; text is not among them. All pictures of
   * a codec are in one: they show the same, cut at the same times, so that a player may go from one
   * to the other.
   */
  static void write(
      StringBuilder out,
      Presentation presentation,
      Periods.Period period,
      Optional<LiveEdge> edge) {
    List<Rendition> pictures = new ArrayList<>();
    List<Rendition> sounds = new ArrayList<>();
    for (Rendition rendition : presentation.renditions()) {
      boolean isText = rendition.info().isText();
      if (!isText && !segments(presentation, rendition, period).isEmpty()) {
        (rendition.info().isVideo() ? pictures : sounds).add(rendition);
      }
    }
    Map<String, List<Rendition>> byCodec = new LinkedHashMap<>();
    for (Rendition picture : pictures) {
      byCodec.computeIfAbsent(family(picture), _ -> new ArrayList<>()).add(picture);
    }
    int id = 0;
    for (List<Rendition> alike : byCodec.values()) {
      id++;
      adaptationSet(out, presentation, period, alike, id, byCodec.size(), edge);
    }
    for (Rendition sound : sounds) {
      int number = FIRST_SOUND + sound.info().number();
      adaptationSet(out, presentation, period, List.of(sound), number, 1, edge);
    }
  }

  private static String family(Rendition rendition) {
    return rendition.info().codecs().replaceFirst("\\..*", "");
  }

  /**
   * Of renditions of one kind, with media in the period.
   *
   * @param sets how many show the same, with ids from 1
   */
  private static void adaptationSet(
      StringBuilder out,
      Presentation presentation,
      Periods.Period period,
      List<Rendition> renditions,
      int id,
      int sets,
      Optional<LiveEdge> edge) {
    RenditionInfo kind = renditions.getFirst().info();
    String type = kind.kind();
    out.append("<AdaptationSet id=\"").append(id);
    out.append("\" contentType=\"").append(type);
    out.append("\" mimeType=\"").append(type).append("/mp4\" segmentAlignment=\"true\"");
    TrackLabel label = kind.label();
    label.language().ifPresent(it -> out.append(" lang=\"").append(it).append('"'));
    if (renditions.stream()
        .flatMap(rendition -> segments(presentation, rendition, period).stream())
        .allMatch(Segment::independent)) {
      out.append(" startWithSAP=\"1\"");
    }
    out.append(">\n");
    if (sets > 1) {
      out.append("<SupplementalProperty schemeIdUri=\"").append(SWITCHING).append("\" value=\"");
      out.append(
          IntStream.rangeClosed(1, sets)
              .filter(other -> other != id)
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(",")));
      out.append("\"/>\n");
    }
    if (kind.isVideo() || presentation.renditions().stream().noneMatch(r -> r.info().isVideo())) {
      out.append(presentation.cues().inbandEvents());
    }
    label.shown().ifPresent(it -> out.append("<Label>").append(escaped(it)).append("</Label>\n"));
    if (kind.isVideo()) {
      CaptionDescriptors.write(out, presentation);
    }
    if (!kind.isVideo()) {
      out.append("<Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"");
      out.append(kind.number() == 1 ? "main" : "alternate").append("\"/>\n");
    }
    for (Rendition rendition : renditions) {
      List<Segment> segments = segments(presentation, rendition, period);
      Segment first = segments.getFirst();
      representation(
          out, rendition, rendition.formats().getOrDefault(first.init(), rendition.info()));
      template(out, presentation, period.start(), rendition, first, edge);
      out.append("<SegmentTimeline>\n");
      boolean grows = edge.isPresent() && period.isLast();
      timeline(out, segments, grows ? LiveEdge.behind(rendition, segments.getLast()) : 0);
      out.append("</SegmentTimeline>\n</SegmentTemplate>\n</Representation>\n");
    }
    out.append("</AdaptationSet>\n");
  }

  /** Behind the end of a broadcast one track may have a segment more than another. */
  private static List<Segment> segments(
      Presentation presentation, Rendition rendition, Periods.Period period) {
    List<Segment> segments = new ArrayList<>();
    boolean isLast = presentation.ended() && period.isLast();
    long end = isLast ? rendition.nextMsn() : period.endMsn();
    for (long msn = period.firstMsn(); msn < end; msn++) {
      Optional<Segment> segment = rendition.segment(msn);
      if (segment.isEmpty() || segment.get().gap()) {
        break;
      }
      segments.add(segment.get());
    }
    return segments;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static void representation(StringBuilder out, Rendition rendition, RenditionInfo info) {
    out.append("<Representation id=\"").append(rendition.name());
    out.append("\" bandwidth=\"").append(steady(rendition.bitRate().declaredPeak()));
    out.append("\" codecs=\"").append(info.codecs()).append('"');
    if (info.isVideo()) {
      out.append(" width=\"").append(info.width());
      out.append("\" height=\"").append(info.height()).append('"');
      if (info.frameRate() > 0) {
        out.append(" frameRate=\"").append(FrameRate.fraction(info.frameRate())).append('"');
      }
    }
    out.append(">\n");
    if (!info.isVideo()) {
      out.append("<AudioChannelConfiguration schemeIdUri=\"").append(CHANNELS);
      out.append("\" value=\"").append(info.channels()).append("\"/>\n");
    }
  }

  private static void template(
      StringBuilder out,
      Presentation presentation,
      PeriodStart start,
      Rendition rendition,
      Segment first,
      Optional<LiveEdge> edge) {
    String folder = "b/" + presentation.broadcast().id() + "/" + rendition.name() + "/";
    out.append("<SegmentTemplate timescale=\"").append(first.timescale());
    out.append("\" presentationTimeOffset=\"");
    out.append(ticks(start.mediaNanos(), first.timescale()));
    out.append("\" startNumber=\"").append(first.msn());
    edge.ifPresent(it -> it.availability(out));
    out.append("\"\ninitialization=\"").append(folder).append(first.init());
    out.append("\"\nmedia=\"").append(folder).append("$Number$-").append(first.epoch());
    out.append(".m4s\">\n");
  }

  /**
   * The segments of a period.
   *
   * @param growing how long the one behind them is expected to last, in ticks; 0 where none is to
   *     be named
   */
  private static void timeline(StringBuilder out, List<Segment> segments, long growing) {
    SegmentTimeline timeline = new SegmentTimeline(out);
    for (Segment segment : segments) {
      timeline.add(ticks(segment.mediaNanos(), segment.timescale()), segment.durationTicks());
    }
    if (growing > 0) {
      Segment last = segments.getLast();
      timeline.add(ticks(last.mediaNanos(), last.timescale()) + last.durationTicks(), growing);
    }
    timeline.flush();
  }

  /** As in the files, where times are moved by a constant. */
  private static long ticks(long mediaNanos, int timescale) {
    long halfTick = 500_000_000L / timescale;
    return new Timescale(timescale).ofNanos(mediaNanos + halfTick)
        + (long) SegmentFormat.TIME_OFFSET_SECONDS * timescale;
  }

  /**
   * Rounded up to two digits: what is measured changes with each segment, and a representation is
   * to stay as it was described.
   */
  private static long steady(long rate) {
    long step = 1000;
    while (rate / step >= 100) {
      step *= 10;
    }
    return Math.max(step, (rate + step - 1) / step * step);
  }
}

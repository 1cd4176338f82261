package io.millrace.packager.dash;

import io.millrace.packager.presentation.Periods;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes the manifest of a broadcast (ISO/IEC 23009-1, profile isoff-live): dynamic while it is on
 * air, static behind its end. It stands at the stream's own address beside the multivariant
 * playlist, points into {@code b/{broadcast}/} and names the same files. See {@code
 * docs/rules/dash.md}.
 */
public final class ManifestWriter {
  private static final String PROFILE = "urn:mpeg:dash:profile:isoff-live:2011";

  /** A segment's duration, rounded, is no more than the target duration (HLS B2). */
  private static final long ROUNDING_NANOS = 500_000_000;

  /** What is to be had at the declared rates before playing starts. */
  private static final long BUFFER_NANOS = 2_000_000_000L;

  private static final long SECOND = 1_000_000_000L;

  private static final int DELAY_TARGETS = 3;

  /** Less time between two periods is that tracks do not end together. */
  private static final Duration LEAST_LOSS = Duration.ofMillis(100);

  private ManifestWriter() {}

  /** The manifest of a presentation that offers at least one rendition with headers. */
  public static Buffer write(Presentation presentation) {
    return write(presentation, FurtherSets.NONE);
  }

  /** The same with more than media. */
  public static Buffer write(Presentation presentation, FurtherSets further) {
    return write(presentation, Optional.empty(), further);
  }

  /**
   * The same for players that are to be close to the edge: it also names the segments that grow. Of
   * a broadcast that has ended, or lists no parts, it is the other.
   */
  public static Buffer lowLatency(Presentation presentation) {
    return write(
        presentation,
        presentation.ended() ? Optional.empty() : LiveEdge.of(presentation),
        FurtherSets.NONE);
  }

  private static Buffer write(
      Presentation presentation, Optional<LiveEdge> edge, FurtherSets further) {
    List<Periods.Period> periods =
        Periods.of(presentation.renditions(), presentation.firstPeriod());
    StringBuilder out = new StringBuilder(4096);
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    root(out, presentation, periods, edge);
    edge.ifPresent(it -> it.describe(out));
    for (int i = 0; i < periods.size(); i++) {
      Optional<Periods.Period> next = periods.stream().skip(i + 1L).findFirst();
      period(out, presentation, periods.get(i), next, edge, further);
    }
    if (!presentation.ended()) {
      out.append("<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-iso:2014\" value=\"time\"/>\n");
    }
    out.append("</MPD>\n");
    return Buffer.buffer(out.toString());
  }

  private static void root(
      StringBuilder out,
      Presentation presentation,
      List<Periods.Period> periods,
      Optional<LiveEdge> edge) {
    long target = Duration.ofSeconds(presentation.targetSeconds()).toNanos();
    Instant start = zero(presentation);
    Instant end = periods.isEmpty() ? start : periods.getLast().endDate();
    out.append("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"").append(PROFILE);
    edge.ifPresent(it -> out.append(',').append(LiveEdge.PROFILE));
    out.append("\" type=\"").append(presentation.ended() ? "static" : "dynamic").append('"');
    duration(out, "minBufferTime", edge.map(LiveEdge::bufferNanos).orElse(BUFFER_NANOS));
    duration(out, "maxSegmentDuration", target + ROUNDING_NANOS);
    if (presentation.ended()) {
      duration(out, "mediaPresentationDuration", sinceStart(presentation, end));
    } else {
      out.append("\navailabilityStartTime=\"").append(start);
      out.append("\" publishTime=\"")
          .append(
              edge.map(near -> near.published(published(presentation)))
                  .orElse(published(presentation)))
          .append('"');
      duration(
          out,
          "minimumUpdatePeriod",
          edge.isPresent() ? LiveEdge.UPDATE_NANOS : Math.max(SECOND, target / 2));
      long delay = DELAY_TARGETS * target;
      long listed =
          periods.isEmpty()
              ? delay
              : Duration.between(periods.getFirst().firstDate(), end).toNanos();
      // GStreamer, which counts in whole seconds, plays nothing where it is to begin before there
      // is anything.
      long there = Math.max(SECOND, listed - 2 * SECOND);
      long suggested = edge.map(LiveEdge::latencyNanos).orElse(delay);
      duration(out, "suggestedPresentationDelay", Math.min(suggested, there));
      duration(out, "timeShiftBufferDepth", Math.max(delay, listed));
    }
    out.append(">\n");
  }

  /**
   * When the newest segment, be it lost time, or a cue point was listed; later with each change:
   * what a slower rendition lists behind that is one too, so each segment ever listed is a
   * microsecond.
   */
  private static Instant published(Presentation presentation) {
    long listed = presentation.renditions().stream().mapToLong(Rendition::nextMsn).sum();
    return Stream.concat(
            Stream.of(presentation.cues().changedAt()),
            presentation.renditions().stream()
                .filter(rendition -> !rendition.isEmpty())
                .map(rendition -> rendition.segments().getLast().end()))
        .max(Instant::compareTo)
        .filter(at -> at.isAfter(Instant.MIN))
        .orElse(zero(presentation))
        .truncatedTo(ChronoUnit.MILLIS)
        .plus(listed, ChronoUnit.MICROS);
  }

  /** Where time is lost behind it, it says how long it lasts: else its last segment would. */
  private static void period(
      StringBuilder out,
      Presentation presentation,
      Periods.Period period,
      Optional<Periods.Period> next,
      Optional<LiveEdge> edge,
      FurtherSets further) {
    Instant start = period.start().date();
    out.append("<Period id=\"").append(period.start().msn()).append('"');
    duration(out, "start", sinceStart(presentation, start));
    if (next.isPresent() && period.endDate().plus(LEAST_LOSS).isBefore(next.get().start().date())) {
      duration(out, "duration", Duration.between(start, period.endDate()).toNanos());
    }
    out.append(">\n");
    long until = next.map(behind -> behind.start().mediaNanos()).orElse(Long.MAX_VALUE);
    out.append(presentation.cues().events().of(period.start().mediaNanos(), until));
    AdaptationSets.write(out, presentation, period, edge);
    further.write(out, period);
    out.append("</Period>\n");
  }

  private static long sinceStart(Presentation presentation, Instant date) {
    return Math.max(0, Duration.between(zero(presentation), date).toNanos());
  }

  /** Zero on the manifest's timeline; not all players read more than milliseconds. */
  private static Instant zero(Presentation presentation) {
    return presentation.broadcast().startedAt().truncatedTo(ChronoUnit.MILLIS);
  }

  private static void duration(StringBuilder out, String name, long nanos) {
    long micros = Math.round(nanos / 1e3);
    out.append(' ').append(name).append("=\"PT").append(micros / 1_000_000);
    if (micros % 1_000_000 != 0) {
      String decimals = Long.toString(1_000_000 + micros % 1_000_000).substring(1);
      out.append('.').append(decimals.replaceAll("0+$", ""));
    }
    out.append("S\"");
  }
}

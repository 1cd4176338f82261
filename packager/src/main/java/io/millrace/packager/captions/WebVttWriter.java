package io.millrace.packager.captions;

import io.millrace.media.Timescale;
import io.millrace.packager.captions.Caption.Span;
import io.millrace.packager.captions.CaptionPlacement.Align;
import io.millrace.packager.segment.SegmentFormat;
import io.vertx.core.buffer.Buffer;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Writes segments of a WebVTT rendition (RFC 8216bis 3.1.4). Times in them are those of the media
 * files, which start at {@link SegmentFormat#TIME_OFFSET_SECONDS}; {@code X-TIMESTAMP-MAP} ties
 * them to the 33 bits of a presentation time stamp at the segment's start, so that it follows those
 * of a transport stream through their wrap (HLS D8).
 */
public final class WebVttWriter {
  public static final String CONTENT_TYPE = "text/vtt";

  private static final long STAMPS = 1L << 33;
  private static final long STAMPS_PER_MILLI = Timescale.VIDEO.ticksPerSecond() / 1000;
  private static final long OFFSET_MILLIS = SegmentFormat.TIME_OFFSET_SECONDS * 1000L;

  private WebVttWriter() {}

  /**
   * The segment of a time range on the broadcast's timeline. A cue that goes beyond it is written
   * whole, as it is in every other segment that it is shown in. An empty line ends the file: FFmpeg
   * reads the segments of a playlist as one text.
   *
   * @param cues at least those that are shown in the range, in any order
   */
  public static Buffer segment(List<TimedCaption> cues, long fromNanos, long untilNanos) {
    long start = millis(fromNanos);
    StringBuilder out = new StringBuilder(256).append("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:");
    time(out, start);
    out.append(",MPEGTS:").append(start * STAMPS_PER_MILLI % STAMPS).append('\n');
    cues.stream()
        .filter(cue -> cue.startNanos() < untilNanos && cue.endNanos() > fromNanos)
        .sorted(Comparator.comparingLong(TimedCaption::startNanos))
        .forEach(cue -> append(out, cue));
    return Buffer.buffer(out.append('\n').toString());
  }

  /** Rounded down like every time, so that what follows on each other still does. */
  private static long millis(long nanos) {
    return Math.max(0, Math.floorDiv(nanos, TimeUnit.MILLISECONDS.toNanos(1)) + OFFSET_MILLIS);
  }

  private static void append(StringBuilder out, TimedCaption cue) {
    long start = millis(cue.startNanos());
    long end = millis(cue.endNanos());
    if (start == end) {
      return;
    }
    out.append('\n');
    time(out, start);
    out.append(" --> ");
    time(out, end);
    CaptionPlacement placement = cue.caption().placement();
    percent(out.append(" line:"), placement.line());
    percent(out.append(" position:"), placement.position());
    out.append(" align:").append(word(placement.align())).append('\n');
    for (List<Span> row : cue.caption().rows()) {
      row.forEach(span -> append(out, span));
      out.append('\n');
    }
  }

  private static String word(Align align) {
    return switch (align) {
      case START -> "start";
      case CENTER -> "center";
      case END -> "end";
    };
  }

  private static void append(StringBuilder out, Span span) {
    TextStyle style = span.style();
    String color = style.color().cssClass();
    out.append(color.isEmpty() ? "" : "<c." + color + ">");
    out.append(style.italic() ? "<i>" : "").append(style.underlined() ? "<u>" : "");
    escape(out, span.text());
    out.append(style.underlined() ? "</u>" : "").append(style.italic() ? "</i>" : "");
    out.append(color.isEmpty() ? "" : "</c>");
  }

  /** With these no text can be a tag, an entity, or the arrow between two times. */
  private static void escape(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\u00A0' -> out.append("&nbsp;");
        default -> out.append(character);
      }
    }
  }

  private static void time(StringBuilder out, long millis) {
    long hours = millis / 3_600_000;
    out.append(hours < 10 ? "0" : "").append(hours);
    digits(out.append(':'), millis / 60_000 % 60, 2);
    digits(out.append(':'), millis / 1000 % 60, 2);
    digits(out.append('.'), millis % 1000, 3);
  }

  private static void percent(StringBuilder out, int hundredths) {
    out.append(hundredths / 100);
    if (hundredths % 100 > 0) {
      digits(out.append('.'), hundredths % 100, 2);
    }
    out.append('%');
  }

  private static void digits(StringBuilder out, long value, int width) {
    String text = Long.toString(value);
    out.append("0".repeat(width - text.length())).append(text);
  }
}

package io.millrace.packager.cue;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest.Kind;
import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Writes EXT-X-DATERANGE (RFC 8216bis 4.4.5.1): one tag when a cue point is listed, and a second
 * one of the same ID when it is known where it has ended, since what a tag says never changes.
 */
final class DateRangeTags {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private DateRangeTags() {}

  /** Says that it starts; of a mark, all there is to say. */
  static String opening(CuePoint cue) {
    StringBuilder out = start(cue);
    if (!cue.cueClass().isEmpty()) {
      out.append(",CLASS=\"").append(cue.cueClass()).append('"');
    }
    if (cue.kind() == Kind.MARK) {
      seconds(out, "DURATION", Duration.ofNanos(cue.plannedNanos().orElse(0)));
      cue.out().ifPresent(section -> bytes(out, "SCTE35-CMD", section));
    } else {
      cue.plannedNanos()
          .ifPresent(nanos -> seconds(out, "PLANNED-DURATION", Duration.ofNanos(nanos)));
      cue.out().ifPresent(section -> bytes(out, "SCTE35-OUT", section));
    }
    cue.attributes().forEach((name, value) -> attribute(out, name, value));
    return out.append('\n').toString();
  }

  /** Says how long it lasted, of one that is over and no mark. */
  static String closing(CuePoint cue) {
    StringBuilder out = start(cue);
    seconds(out, "DURATION", cue.duration().orElseThrow());
    cue.in().ifPresent(section -> bytes(out, "SCTE35-IN", section));
    return out.append('\n').toString();
  }

  private static StringBuilder start(CuePoint cue) {
    StringBuilder out = new StringBuilder(256);
    out.append("#EXT-X-DATERANGE:ID=\"").append(cue.id());
    return out.append("\",START-DATE=\"").append(DATE.format(cue.startDate())).append('"');
  }

  private static void attribute(StringBuilder out, String name, CueAttribute value) {
    switch (value) {
      case CueAttribute.Text(String text) ->
          out.append(',').append(name).append("=\"").append(text).append('"');
      case CueAttribute.Bytes(Buffer data) -> bytes(out, name, data);
      case CueAttribute.Decimal(BigDecimal number) ->
          out.append(',').append(name).append('=').append(number.toPlainString());
    }
  }

  private static void bytes(StringBuilder out, String name, Buffer value) {
    out.append(',').append(name).append("=0x").append(HEX.formatHex(value.getBytes()));
  }

  /** With milliseconds, as dates have. */
  private static void seconds(StringBuilder out, String name, Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(Math.round(duration.toNanos() / 1e6), 3);
    out.append(',').append(name).append('=').append(seconds.toPlainString());
  }
}

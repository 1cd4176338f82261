package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/** The values that tags carry (RFC 8216bis 4.2), read strictly; a problem names the line. Pure. */
final class TagValues {
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,12}(\\.\\d{1,18})?");
  private static final Pattern INTEGER = Pattern.compile("\\d{1,18}");
  private static final Pattern SHORT_ZONE = Pattern.compile("([+-]\\d\\d)(\\d\\d)$");
  private static final Pattern RANGE = Pattern.compile("\\d{1,15}(@\\d{1,15})?");

  private TagValues() {}

  static BigDecimal decimal(String value, int line) {
    if (!DECIMAL.matcher(value).matches()) {
      throw new MalformedPlaylistException(line, "not a decimal number: " + value);
    }
    return new BigDecimal(value);
  }

  static long integer(String value, int line) {
    if (!INTEGER.matcher(value).matches()) {
      throw new MalformedPlaylistException(line, "not a whole number: " + value);
    }
    return Long.parseLong(value);
  }

  static Instant instant(String value, int line) {
    return instant(value)
        .orElseThrow(
            () -> new MalformedPlaylistException(line, "not a date with a zone: " + value));
  }

  /** A date with a zone; empty where it is none. */
  static Optional<Instant> instant(String value) {
    try {
      // "+0000" is the basic form of ISO 8601, which FFmpeg writes.
      return Optional.of(
          OffsetDateTime.parse(SHORT_ZONE.matcher(value).replaceFirst("$1:$2")).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** A duration with a comma and a title behind it. */
  static BigDecimal duration(String value, int line) {
    int comma = value.indexOf(',');
    if (comma < 0) {
      throw new MalformedPlaylistException(line, "EXTINF without a comma");
    }
    return decimal(value.substring(0, comma), line);
  }

  /** A byte range as {@code n[@o]}, unread. */
  static String range(String value, int line) {
    if (!RANGE.matcher(value).matches()) {
      throw new MalformedPlaylistException(line, "not a byte range: " + value);
    }
    return value;
  }

  /**
   * A byte range.
   *
   * @param value that {@link #range} has checked
   * @param otherwise the offset where none is written
   */
  static ByteRange lengthAtOffset(String value, long otherwise) {
    int at = value.indexOf('@');
    return at < 0
        ? new ByteRange(otherwise, Long.parseLong(value))
        : new ByteRange(
            Long.parseLong(value.substring(at + 1)), Long.parseLong(value.substring(0, at)));
  }

  static String required(AttributeList attributes, String name, int line) {
    return attributes
        .text(name)
        .orElseThrow(() -> new MalformedPlaylistException(line, "no " + name));
  }
}

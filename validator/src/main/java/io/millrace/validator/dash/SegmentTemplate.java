package io.millrace.validator.dash;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the segments of a representation are named, and which there are (5.3.9.4, 5.3.9.6).
 *
 * @param base what its addresses are relative to
 * @param initialization empty when there is none
 * @param media as it is written
 * @param timescale ticks a second
 * @param timeOffset where the period starts, in ticks ({@code @presentationTimeOffset})
 * @param timed whether a SegmentTimeline says which segments there are; else none are known
 * @param openEnded whether its last element is repeated up to a time that is not said
 * @param early {@code @availabilityTimeOffset} in seconds, where it is said
 * @param growing whether what is named last may still grow ({@code @availabilityTimeComplete} is
 *     false), so that its duration is expected
 * @param line of the element, from 1
 */
public record SegmentTemplate(
    URI base,
    Optional<String> initialization,
    String media,
    String representation,
    long bandwidth,
    long timescale,
    long timeOffset,
    boolean timed,
    boolean openEnded,
    Optional<BigDecimal> early,
    boolean growing,
    List<Listed> segments,
    int line) {
  /**
   * A segment.
   *
   * @param time in ticks ({@code S@t}), {@code duration} likewise
   * @param line of its {@code S}, from 1
   */
  public record Listed(long number, long time, long duration, int line) {
    /** Behind its last tick. */
    public long end() {
      return time + duration;
    }

    /** Whether it says the same of its time. */
    boolean isAt(Listed other) {
      return time == other.time && duration == other.duration;
    }
  }

  private static final Pattern IDENTIFIER =
      Pattern.compile("\\$(?:(RepresentationID|Number|Bandwidth|Time)(?:%0(\\d{1,2})d)?)?\\$");

  public SegmentTemplate {
    segments = List.copyOf(segments);
  }

  /** Whether a segment may be one that grows. */
  public boolean mayGrow(Listed segment) {
    return growing && segment.equals(segments.getLast());
  }

  /** Whether names are made of numbers. */
  public boolean numbered() {
    return media.matches("(?s).*\\$Number(?:%0\\d{1,2}d)?\\$.*");
  }

  /**
   * Where the init section is; empty when none is named.
   *
   * @throws IllegalArgumentException when what is named is no address
   */
  public Optional<URI> header() {
    return initialization.map(text -> base.resolve(filled(text, 0, 0)));
  }

  /**
   * Where a segment is.
   *
   * @throws IllegalArgumentException when what is named is no address
   */
  public URI address(Listed segment) {
    return base.resolve(filled(media, segment.number(), segment.time()));
  }

  /** How long after the start of the presentation some tick is. */
  public Duration since(Manifest.Period period, long ticks) {
    long after = ticks - timeOffset;
    return period
        .start()
        .plusSeconds(Math.floorDiv(after, timescale))
        .plusNanos(Math.round(Math.floorMod(after, timescale) * 1e9 / timescale));
  }

  private String filled(String text, long number, long time) {
    Matcher matcher = IDENTIFIER.matcher(text);
    StringBuilder name = new StringBuilder();
    while (matcher.find()) {
      String what = matcher.group(1);
      String value =
          switch (what == null ? "" : what) {
            case "RepresentationID" -> representation;
            case "Number" -> padded(number, matcher.group(2));
            case "Bandwidth" -> padded(bandwidth, matcher.group(2));
            case "Time" -> padded(time, matcher.group(2));
            default -> "$";
          };
      matcher.appendReplacement(name, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(name).toString();
  }

  private static String padded(long value, @org.jspecify.annotations.Nullable String width) {
    String digits = Long.toString(value);
    int zeros = width == null ? 0 : Integer.parseInt(width) - digits.length();
    return "0".repeat(Math.max(0, zeros)) + digits;
  }
}

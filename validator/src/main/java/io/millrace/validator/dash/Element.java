package io.millrace.validator.dash;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An element of a manifest, as it is written. What an attribute says is read with its type; a wrong
 * one throws {@link MalformedManifestException}.
 *
 * @param line where its start tag ends, from 1
 * @param text what stands in it, without that of its children
 */
record Element(
    String name,
    String namespace,
    int line,
    Map<String, String> attributes,
    List<Element> children,
    String text) {
  /** xs:duration; months and years are of no use here and are taken for 30 and 365 days. */
  private static final Pattern DURATION =
      Pattern.compile(
          "P(?:(\\d{1,6})Y)?(?:(\\d{1,6})M)?(?:(\\d{1,9})D)?"
              + "(?:T(?:(\\d{1,9})H)?(?:(\\d{1,9})M)?(?:(\\d{1,12})(?:\\.(\\d{1,18}))?S)?)?");

  private static final long[] SECONDS = {365L * 86_400, 30L * 86_400, 86_400, 3600, 60, 1};
  private static final int NANO_DIGITS = 9;

  Stream<Element> all(String childName) {
    return children.stream().filter(child -> child.name().equals(childName));
  }

  Optional<Element> first(String childName) {
    return all(childName).findFirst();
  }

  Optional<String> string(String attribute) {
    return Optional.ofNullable(attributes.get(attribute));
  }

  /** A number that is not negative. */
  OptionalLong number(String attribute) {
    Optional<Long> value = read(attribute, "a number", Element::unsigned);
    return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
  }

  long number(String attribute, long otherwise) {
    return number(attribute).orElse(otherwise);
  }

  /** An xs:duration. */
  Optional<Duration> duration(String attribute) {
    return read(attribute, "a duration", Element::lasting);
  }

  /** An xs:dateTime; one without a zone is taken for UTC. */
  Optional<Instant> date(String attribute) {
    return read(attribute, "a date", Element::instant);
  }

  /** A rate as {@code 25} or {@code 30000/1001}. */
  Optional<Double> rate(String attribute) {
    return read(
        attribute,
        "a rate",
        text -> {
          String[] parts = text.split("/", 2);
          double under = parts.length == 2 ? unsigned(parts[1]) : 1;
          return unsigned(parts[0]) / Math.max(1, under);
        });
  }

  <T> Optional<T> read(String attribute, String kind, Function<String, T> reader) {
    try {
      return string(attribute).map(String::strip).map(reader);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new MalformedManifestException(
          line, name + "@" + attribute + " is not " + kind + ": " + attributes.get(attribute));
    }
  }

  private static long unsigned(String text) {
    if (!text.matches("\\d{1,19}")) {
      throw new IllegalArgumentException(text);
    }
    return Long.parseLong(text);
  }

  private static Duration lasting(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches() || text.endsWith("T") || text.equals("P")) {
      throw new IllegalArgumentException(text);
    }
    Duration sum = Duration.ZERO;
    for (int i = 0; i < SECONDS.length; i++) {
      String digits = matcher.group(i + 1);
      if (digits != null) {
        sum = sum.plusSeconds(Math.multiplyExact(Long.parseLong(digits), SECONDS[i]));
      }
    }
    String fraction = matcher.group(SECONDS.length + 1);
    return fraction == null
        ? sum
        : sum.plusNanos(
            Long.parseLong((fraction + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS)));
  }

  /**
   * Reads an xs:dateTime.
   *
   * @throws DateTimeException when it is none
   */
  static Instant instant(String text) {
    boolean zoned = text.matches(".*(?:Z|[+-]\\d\\d:\\d\\d)");
    return OffsetDateTime.parse(zoned ? text : text + ZoneOffset.UTC).toInstant();
  }
}

package io.millrace.config;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How values are written, in settings and on the command line. What cannot be read is an {@link
 * IllegalArgumentException} with words for the user.
 */
public final class ValueText {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h|d)");
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,9})\\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)");
  private static final Map<String, Long> SIZES =
      Map.of(
          "B",
          1L,
          "kB",
          1000L,
          "KB",
          1000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "TB",
          1_000_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30,
          "TiB",
          1L << 40);

  private ValueText() {}

  static boolean parseBoolean(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  static int parseInteger(String text, int min, int max) {
    try {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, with the range.
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not a whole number from " + min + " to " + max);
  }

  static Path parsePath(String text) {
    return Path.of(
        text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text);
  }

  static String parseHost(String text) {
    if (text.matches("[\\d.]*") || text.contains(":")) {
      try {
        InetAddress.ofLiteral(text);
        return text;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "'" + text + "' is no address; write for example '0.0.0.0'", e);
      }
    }
    if (text.matches("[\\w.-]{1,253}")) {
      return text;
    }
    throw new IllegalArgumentException(
        "'" + text + "' is neither an address nor a host's name; write for example '0.0.0.0'");
  }

  static URI parseUri(String text) {
    URI uri = URI.create(text);
    if (!uri.isAbsolute()) {
      throw new IllegalArgumentException("'" + text + "' is not an absolute address");
    }
    return uri;
  }

  /**
   * Reads {@code 250ms}, {@code 1.5s}, {@code 2m}, {@code 1h}, {@code 7d}.
   *
   * @throws IllegalArgumentException with words for the user
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (matcher.matches()) {
      double unitMillis =
          switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
          };
      return Duration.ofMillis(Math.round(Double.parseDouble(matcher.group(1)) * unitMillis));
    }
    throw new IllegalArgumentException(
        text.matches("\\d+(\\.\\d+)?")
            ? "'" + text + "' has no unit; write for example '" + text + "s'"
            : "'" + text + "' is not a time; write for example '10s', '250ms' or '2m'");
  }

  static Duration parseDuration(String text, Duration least, Duration most) {
    Duration value = parseDuration(text);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a time from " + brief(least) + " to " + brief(most));
    }
    return value;
  }

  static long parseSize(String text, long least, long most) {
    long value = parseSize(text);
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size from " + showSize(least) + " to " + showSize(most));
    }
    return value;
  }

  /**
   * Reads {@code 512MiB}, {@code 20GB}, in bytes.
   *
   * @throws IllegalArgumentException with words for the user
   */
  public static long parseSize(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (matcher.matches()) {
      double bytes =
          Double.parseDouble(matcher.group(1)) * SIZES.getOrDefault(matcher.group(2), 1L);
      if (bytes < Long.MAX_VALUE) {
        return Long.parseLong(matcher.group(1)) * SIZES.getOrDefault(matcher.group(2), 1L);
      }
    }
    throw new IllegalArgumentException(
        text.matches("\\d+")
            ? "'" + text + "' has no unit; write for example '" + text + "MiB'"
            : "'" + text + "' is not a size; write for example '512MiB' or '20GB'");
  }

  static <E extends Enum<E>> E parseChoice(Class<E> type, String text) {
    List<String> words = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(text)) {
        return constant;
      }
      words.add(word(constant));
    }
    throw new IllegalArgumentException(
        "'" + text + "' is none of " + String.join(", ", words) + Suggestion.nearest(text, words));
  }

  /**
   * An alternative as users and machines read it everywhere, in settings, answers and labels of
   * metrics: lower case, with {@code -} for {@code _}.
   */
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String show(Duration value) {
    long millis = value.toMillis();
    return millis % 1000 != 0 || millis == 0 ? millis + "ms" : millis / 1000 + "s";
  }

  /** In the greatest unit that it is whole in. */
  private static String brief(Duration value) {
    long millis = value.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 60 != 0 || seconds == 0) {
      return seconds + "s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
  }

  /** As {@link #parseSize} reads it. */
  public static String showSize(long bytes) {
    for (String unit : List.of("TiB", "GiB", "MiB", "KiB")) {
      long size = SIZES.getOrDefault(unit, 1L);
      if (bytes >= size && bytes % size == 0) {
        return bytes / size + unit;
      }
    }
    return bytes + "B";
  }
}

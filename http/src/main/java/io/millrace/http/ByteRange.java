package io.millrace.http;

import java.util.Locale;

/** What a {@code Range} field asks of a representation (RFC 9110 14). */
public sealed interface ByteRange {
  /** Everything: no range, another unit, a malformed one, or several (which we may ignore). */
  record Whole() implements ByteRange {}

  /** From {@code first} to {@code last}, both included and within the length. */
  record Part(long first, long last) implements ByteRange {}

  /** A range that begins behind the end. */
  record Unsatisfiable() implements ByteRange {}

  /**
   * @param field empty where there is none
   * @param length of the representation, in bytes
   */
  static ByteRange parse(String field, long length) {
    String text = field.strip();
    if (!text.toLowerCase(Locale.ROOT).startsWith("bytes=") || text.contains(",")) {
      return new Whole();
    }
    String range = text.substring(6).strip();
    int dash = range.indexOf('-');
    if (dash < 0) {
      return new Whole();
    }
    String from = range.substring(0, dash).strip();
    String to = range.substring(dash + 1).strip();
    if (!isNumber(from) || !isNumber(to) || (from.isEmpty() && to.isEmpty())) {
      return new Whole();
    }
    if (from.isEmpty()) {
      long suffix = number(to);
      return suffix == 0 || length == 0
          ? new Unsatisfiable()
          : new Part(Math.max(0, length - suffix), length - 1);
    }
    long first = number(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
    if (last < first) {
      return new Whole();
    }
    return first >= length ? new Unsatisfiable() : new Part(first, Math.min(last, length - 1));
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static long number(String text) {
    return text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text);
  }
}

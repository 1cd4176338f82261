package io.millrace.expression.evaluation;

import io.millrace.expression.Failure;
import io.millrace.expression.syntax.Function;
import java.util.List;
import java.util.Map;

/**
 * Strings as CEL sees them: rows of code points. Everything takes a time linear in its operands.
 */
final class Texts {
  /** How long a string may be that {@code +} makes, in UTF-16 units. */
  private static final int MAX_LENGTH = 64 << 10;

  /** Up to this length trying at every place is as good as linear. */
  private static final int SHORT_PART = 32;

  private Texts() {}

  /** {@code size(x)}: code points, elements or entries. */
  static Object size(Object value) {
    return switch (value) {
      case Failure failure -> failure;
      case String text -> (long) text.codePointCount(0, text.length());
      case List<?> list -> (long) list.size();
      case Map<?, ?> map -> (long) map.size();
      default -> Failure.WRONG_TYPE;
    };
  }

  /** {@code text.startsWith(part)}, {@code endsWith} and {@code contains}. */
  static Object search(Function function, Object text, Object part) {
    if (text instanceof Failure) {
      return text;
    }
    if (part instanceof Failure) {
      return part;
    }
    if (!(text instanceof String where) || !(part instanceof String what)) {
      return Failure.WRONG_TYPE;
    }
    return switch (function) {
      case STARTS_WITH -> where.startsWith(what);
      case ENDS_WITH -> where.endsWith(what);
      default -> contains(where, what);
    };
  }

  static Object joined(String left, String right) {
    return left.length() + right.length() > MAX_LENGTH ? Failure.TOO_LARGE : left + right;
  }

  /** -1, 0 or 1, by code points: {@link String#compareTo} puts U+10000 before U+FFFF. */
  static int compare(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        int order = Integer.compare(rank(a), rank(b));
        return order == 0 ? Integer.signum(Character.compare(a, b)) : order;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** Halves of code points are above all whole ones, and of one rank. */
  private static int rank(char c) {
    return Character.isSurrogate(c) ? Character.MAX_VALUE + 1 : c;
  }

  private static boolean contains(String text, String part) {
    boolean quick = part.length() <= SHORT_PART || part.length() > text.length();
    return quick ? text.contains(part) : containsLong(text, part);
  }

  /**
   * Knuth, Morris and Pratt's search: {@link String#contains} may take the product of the lengths.
   */
  private static boolean containsLong(String text, String part) {
    // For each beginning of the part, how much of its end is a beginning of the part too.
    int[] border = new int[part.length()];
    int matched = 0;
    for (int i = 1; i < part.length(); i++) {
      matched = extended(part, border, matched, part.charAt(i));
      border[i] = matched;
    }
    matched = 0;
    for (int i = 0; i < text.length(); i++) {
      matched = extended(part, border, matched, text.charAt(i));
      if (matched == part.length()) {
        return true;
      }
    }
    return false;
  }

  private static int extended(String part, int[] border, int matched, char next) {
    int length = matched;
    while (length > 0 && part.charAt(length) != next) {
      length = border[length - 1];
    }
    return part.charAt(length) == next ? length + 1 : length;
  }
}

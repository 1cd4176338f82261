package io.millrace.expression.evaluation;

import io.millrace.expression.Failure;
import io.millrace.expression.syntax.Operator;

/**
 * Arithmetic. Ints have 64 bits, and an overflow is an error; doubles are IEEE 754's. An int and a
 * double give a double: a payload's 20 and its 20.5 are numbers of one kind to whoever wrote it.
 */
final class Numbers {
  /** No number that anybody writes is longer. */
  private static final int MAX_DIGITS = 64;

  private static final double TWO_TO_63 = 0x1p63;

  private Numbers() {}

  static Object computed(Operator operator, Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return computed(operator, (long) a, (long) b);
    }
    if (left instanceof Number a && right instanceof Number b) {
      return computed(operator, a.doubleValue(), b.doubleValue());
    }
    return Failure.WRONG_TYPE;
  }

  private static Object computed(Operator operator, long a, long b) {
    return switch (operator) {
      case PLUS -> {
        long sum = a + b;
        yield ((a ^ sum) & (b ^ sum)) < 0 ? Failure.OVERFLOW : (Object) sum;
      }
      case MINUS -> {
        long difference = a - b;
        yield ((a ^ b) & (a ^ difference)) < 0 ? Failure.OVERFLOW : (Object) difference;
      }
      case TIMES -> {
        long product = a * b;
        yield Math.multiplyHigh(a, b) != product >> 63 ? Failure.OVERFLOW : (Object) product;
      }
      case DIVIDED_BY, MODULO -> divided(operator, a, b);
      default -> Failure.WRONG_TYPE;
    };
  }

  private static Object divided(Operator operator, long a, long b) {
    if (b == 0) {
      return Failure.DIVISION_BY_ZERO;
    }
    if (a == Long.MIN_VALUE && b == -1) {
      return Failure.OVERFLOW;
    }
    return operator == Operator.MODULO ? a % b : a / b;
  }

  private static Object computed(Operator operator, double a, double b) {
    return switch (operator) {
      case PLUS -> a + b;
      case MINUS -> a - b;
      case TIMES -> a * b;
      case DIVIDED_BY -> a / b;
      default -> Failure.WRONG_TYPE;
    };
  }

  /** {@code -x}. */
  static Object negated(Object value) {
    return switch (value) {
      case Failure failure -> failure;
      case Long a -> a == Long.MIN_VALUE ? Failure.OVERFLOW : (Object) (-a);
      case Double a -> -a;
      default -> Failure.WRONG_TYPE;
    };
  }

  /** {@code int(x)}: of a double without what follows the point. */
  static Object toInt(Object value) {
    return switch (value) {
      case Failure failure -> failure;
      case Long a -> a;
      case Double a -> a >= -TWO_TO_63 && a < TWO_TO_63 ? (Object) a.longValue() : Failure.OVERFLOW;
      case String text -> toInt(text);
      default -> Failure.WRONG_TYPE;
    };
  }

  private static Object toInt(String text) {
    int first = sign(text);
    if (text.length() > MAX_DIGITS
        || digits(text, first) == first
        || digits(text, first) != text.length()) {
      return Failure.NOT_A_NUMBER;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return Failure.OVERFLOW;
    }
  }

  /** {@code double(x)}. */
  static Object toDouble(Object value) {
    return switch (value) {
      case Failure failure -> failure;
      case Long a -> a.doubleValue();
      case Double a -> a;
      case String text ->
          text.length() <= MAX_DIGITS && isDecimal(text)
              ? (Object) Double.parseDouble(text)
              : Failure.NOT_A_NUMBER;
      default -> Failure.WRONG_TYPE;
    };
  }

  /** {@code [+-] digits [. digits] [e [+-] digits]}: Java takes more, as 1f and NaN. */
  private static boolean isDecimal(String text) {
    int first = sign(text);
    int at = digits(text, first);
    if (at == first) {
      return false;
    }
    if (at < text.length() && text.charAt(at) == '.') {
      int fraction = at + 1;
      at = digits(text, fraction);
      if (at == fraction) {
        return false;
      }
    }
    if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
      at++;
      boolean signed = at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-');
      int exponent = signed ? at + 1 : at;
      at = digits(text, exponent);
      if (at == exponent) {
        return false;
      }
    }
    return at == text.length();
  }

  private static int sign(String text) {
    return !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
  }

  /** Where digits that begin there end. */
  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}

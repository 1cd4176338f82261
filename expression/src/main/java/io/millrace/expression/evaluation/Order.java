package io.millrace.expression.evaluation;

import io.millrace.expression.Failure;
import io.millrace.expression.syntax.Operator;

/** Which of two values is the greater: of numbers, of strings, of bools. */
final class Order {
  /** What {@link #compare} gives where one of two numbers is not a number. */
  private static final int NONE = 2;

  /** What {@link #compare} gives for types that have no order. */
  private static final int UNDEFINED = 3;

  private static final double TWO_TO_63 = 0x1p63;

  private Order() {}

  /** {@code left < right} and its like, or the first error of the two. */
  static Object test(Operator operator, Object left, Object right) {
    if (left instanceof Failure) {
      return left;
    }
    if (right instanceof Failure) {
      return right;
    }
    int order = compare(left, right);
    if (order == UNDEFINED) {
      return Failure.WRONG_TYPE;
    }
    if (order == NONE) {
      return false;
    }
    return switch (operator) {
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      default -> order >= 0;
    };
  }

  /** -1, 0 or 1; {@link #NONE}; {@link #UNDEFINED}. */
  static int compare(Object left, Object right) {
    if (left instanceof Long a) {
      return right instanceof Long b
          ? Long.compare(a, b)
          : right instanceof Double b ? ofLongAndDouble(a, b) : UNDEFINED;
    }
    if (left instanceof Double a) {
      return right instanceof Double b
          ? ofDoubles(a, b)
          : right instanceof Long b ? reversed(ofLongAndDouble(b, a)) : UNDEFINED;
    }
    if (left instanceof String a && right instanceof String b) {
      return Texts.compare(a, b);
    }
    return left instanceof Boolean a && right instanceof Boolean b
        ? Boolean.compare(a, b)
        : UNDEFINED;
  }

  /** IEEE 754: both zeros are the same, and {@link Double#compare} is not asked. */
  private static int ofDoubles(double a, double b) {
    return a < b ? -1 : a > b ? 1 : a == b ? 0 : NONE;
  }

  /** By what they are worth: no int is rounded to a double. */
  private static int ofLongAndDouble(long a, double b) {
    if (Double.isNaN(b)) {
      return NONE;
    }
    if (b >= TWO_TO_63) {
      return -1;
    }
    if (b < -TWO_TO_63) {
      return 1;
    }
    long whole = (long) b;
    return a != whole ? Long.compare(a, whole) : ofDoubles(0, b - whole);
  }

  private static int reversed(int order) {
    return order == NONE ? NONE : -order;
  }
}

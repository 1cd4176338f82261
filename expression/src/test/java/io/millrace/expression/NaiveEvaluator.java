package io.millrace.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The semantics of {@code docs/expressions.md}, straight from the text: errors are exceptions,
 * numbers have any size, strings are arrays of code points.
 */
final class NaiveEvaluator {
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private final Map<String, Object> variables;

  /** What a term has no value for. */
  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Failure failure;

    Failed(Failure failure) {
      super(failure.words());
      this.failure = failure;
    }
  }

  NaiveEvaluator(Map<String, Object> variables) {
    this.variables = variables;
  }

  Object evaluate(Term term) {
    try {
      return value(term);
    } catch (Failed e) {
      return e.failure;
    }
  }

  private Object value(Term term) {
    return switch (term.what()) {
      case "literal" -> term.word();
      case "var" -> variable(term.word());
      case "list" -> term.parts().stream().map(this::value).toList();
      case "select" -> present(map(value(term.part(0))).get(term.word()));
      case "has" -> map(value(term.part(0))).containsKey(term.word());
      case "&&" -> junction(term, false);
      case "||" -> junction(term, true);
      case "?:" -> bool(value(term.part(0))) ? value(term.part(1)) : value(term.part(2));
      case "!" -> !bool(value(term.part(0)));
      default -> {
        Object first = value(term.part(0));
        Object second = term.parts().size() > 1 ? value(term.part(1)) : Null.NULL;
        yield applied(term.what(), first, second);
      }
    };
  }

  private Object variable(Object name) {
    Object value = variables.get(name);
    return value == null ? fail(Failure.NO_VALUE) : value;
  }

  private static Object present(@Nullable Object value) {
    return value == null ? fail(Failure.ABSENT) : value;
  }

  private Object junction(Term term, boolean deciding) {
    Failed first = null;
    boolean decided = false;
    for (Term part : term.parts()) {
      try {
        decided |= bool(value(part)) == deciding;
      } catch (Failed e) {
        first = first == null ? e : first;
      }
    }
    if (!decided && first != null) {
      throw first;
    }
    return decided == deciding;
  }

  private static Object applied(String what, Object a, Object b) {
    return switch (what) {
      case "index" -> index(a, b);
      case "neg" ->
          a instanceof Long n ? fitting(BigInteger.valueOf(n).negate()) : -(Double) number(a);
      case "size" -> size(a);
      case "int" -> toInt(a);
      case "double" -> toDouble(a);
      case "startsWith" ->
          Arrays.equals(
              points(a),
              0,
              Math.min(points(a).length, points(b).length),
              points(b),
              0,
              points(b).length);
      case "endsWith" -> find(a, b, Math.max(0, points(a).length - points(b).length));
      case "contains" -> find(a, b, 0);
      case "==" -> same(a, b);
      case "!=" -> !same(a, b);
      case "in" -> in(a, b);
      case "<", "<=", ">", ">=" -> ordered(what, a, b);
      default -> arithmetic(what, a, b);
    };
  }

  private static Object index(Object a, Object b) {
    if (a instanceof List<?> list && b instanceof Long at) {
      return at < 0 || at >= list.size() ? fail(Failure.ABSENT) : list.get((int) (long) at);
    }
    if (a instanceof Map<?, ?> map && b instanceof String) {
      return present(map.get(b));
    }
    return fail(Failure.WRONG_TYPE);
  }

  private static Object size(Object a) {
    if (a instanceof String) {
      return (long) points(a).length;
    }
    if (a instanceof List<?> list) {
      return (long) list.size();
    }
    return (long) map(a).size();
  }

  private static Object toInt(Object a) {
    if (a instanceof String text) {
      return text.matches("[+-]?[0-9]+") && text.length() <= 64
          ? fitting(new BigInteger(text))
          : fail(Failure.NOT_A_NUMBER);
    }
    if (a instanceof Double d) {
      return d.isNaN() || d.isInfinite()
          ? fail(Failure.OVERFLOW)
          : fitting(new BigDecimal(d).toBigInteger());
    }
    return number(a);
  }

  private static Object toDouble(Object a) {
    if (a instanceof String text) {
      return text.matches("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?") && text.length() <= 64
          ? Double.parseDouble(text)
          : fail(Failure.NOT_A_NUMBER);
    }
    return number(a).doubleValue();
  }

  private static boolean find(Object a, Object b, int from) {
    int[] text = points(a);
    int[] part = points(b);
    for (int i = from; i + part.length <= text.length; i++) {
      if (Arrays.equals(text, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  private static boolean in(Object a, Object b) {
    if (b instanceof List<?> list) {
      return list.stream().anyMatch(element -> same(element, a));
    }
    return map(b).keySet().stream().anyMatch(key -> same(key, a));
  }

  private static boolean same(Object a, Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return !isNan(x) && !isNan(y) && compare(x, y) == 0;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      boolean all = x.size() == y.size();
      for (int i = 0; all && i < x.size(); i++) {
        all = same(x.get(i), y.get(i));
      }
      return all;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.keySet().equals(y.keySet())
          && x.keySet().stream().allMatch(key -> same(x.get(key), y.get(key)));
    }
    return a.equals(b);
  }

  private static boolean ordered(String what, Object a, Object b) {
    int order;
    if (a instanceof Number x && b instanceof Number y) {
      if (isNan(x) || isNan(y)) {
        return false;
      }
      order = compare(x, y);
    } else if (a instanceof String && b instanceof String) {
      order = Arrays.compare(points(a), points(b));
    } else if (a instanceof Boolean x && b instanceof Boolean y) {
      order = Boolean.compare(x, y);
    } else {
      throw new Failed(Failure.WRONG_TYPE);
    }
    return switch (what) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean isNan(Number x) {
    return x instanceof Double d && d.isNaN();
  }

  private static int compare(Number a, Number b) {
    for (Number x : List.of(a, b)) {
      if (x instanceof Double d && d.isInfinite()) {
        return Double.compare(a.doubleValue(), b.doubleValue());
      }
    }
    return exact(a).compareTo(exact(b));
  }

  private static BigDecimal exact(Number x) {
    return x instanceof Double d ? new BigDecimal(d) : new BigDecimal(x.longValue());
  }

  private static Object arithmetic(String what, Object a, Object b) {
    if (a instanceof String && b instanceof String && what.equals("+")) {
      String joined = a.toString().concat(b.toString());
      return joined.length() > 65_536 ? fail(Failure.TOO_LARGE) : joined;
    }
    if (number(a) instanceof Double || number(b) instanceof Double) {
      double x = number(a).doubleValue();
      double y = number(b).doubleValue();
      return switch (what) {
        case "+" -> x + y;
        case "-" -> x - y;
        case "*" -> x * y;
        case "/" -> x / y;
        default -> fail(Failure.WRONG_TYPE);
      };
    }
    BigInteger x = BigInteger.valueOf((Long) a);
    BigInteger y = BigInteger.valueOf((Long) b);
    if (y.signum() == 0 && (what.equals("/") || what.equals("%"))) {
      return fail(Failure.DIVISION_BY_ZERO);
    }
    return switch (what) {
      case "+" -> fitting(x.add(y));
      case "-" -> fitting(x.subtract(y));
      case "*" -> fitting(x.multiply(y));
      case "/" -> fitting(x.divide(y));
      default -> {
        fitting(x.divide(y));
        yield fitting(x.remainder(y));
      }
    };
  }

  private static Object fitting(BigInteger n) {
    return n.compareTo(MIN) < 0 || n.compareTo(MAX) > 0 ? fail(Failure.OVERFLOW) : n.longValue();
  }

  private static boolean bool(Object value) {
    return value instanceof Boolean b ? b : (Boolean) fail(Failure.WRONG_TYPE);
  }

  private static Number number(Object value) {
    return value instanceof Number n ? n : (Number) fail(Failure.WRONG_TYPE);
  }

  private static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : (Map<?, ?>) fail(Failure.WRONG_TYPE);
  }

  private static int[] points(Object value) {
    return value instanceof String text
        ? text.codePoints().toArray()
        : (int[]) fail(Failure.WRONG_TYPE);
  }

  private static Object fail(Failure failure) {
    throw new Failed(failure);
  }
}

package io.millrace.expression.evaluation;

import java.util.List;
import java.util.Map;

/**
 * {@code ==} for two values: numbers by what they are worth, whatever their types; of other types
 * that differ never. The time is that of looking at the smaller one.
 */
final class Equality {
  private Equality() {}

  static boolean same(Object left, Object right) {
    if (left instanceof Number && right instanceof Number) {
      return Order.compare(left, right) == 0;
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return sameLists(a, b);
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return sameMaps(a, b);
    }
    return left.equals(right);
  }

  /** Whether an element of a list is the same as a value. */
  static boolean holds(List<?> list, Object value) {
    for (int i = 0; i < list.size(); i++) {
      if (same(list.get(i), value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameLists(List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!same(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMaps(Map<?, ?> left, Map<?, ?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Map.Entry<?, ?> entry : left.entrySet()) {
      Object other = right.get(entry.getKey());
      if (other == null || !same(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }
}

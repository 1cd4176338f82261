package io.millrace.expression;

import io.millrace.expression.Type.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * What an expression is evaluated over: gives each variable of the {@link Vocabulary} its value.
 */
@FunctionalInterface
public interface Subject {
  /**
   * The value of a variable that the vocabulary names: a {@link Boolean}, {@link Long}, {@link
   * Double}, {@link String}, {@link Null}, a {@link java.util.List} or a {@link java.util.Map} by
   * {@link String} of these, of the variable's type; for {@link Scalar#DYN} also {@link Json}. Null
   * where it has none, which is {@link Failure#NO_VALUE}. May be asked more than once, and not at
   * all. Values must not change while an expression is evaluated.
   */
  @Nullable Object value(String name);
}

package io.millrace.expression.evaluation;

import io.millrace.expression.Subject;

/**
 * Gives a value, or a {@link io.millrace.expression.Failure}; see {@link
 * io.millrace.expression.Expression#evaluate}. May be used by any thread.
 */
@FunctionalInterface
public interface Step {
  Object evaluate(Subject subject);
}

package io.millrace.expression.syntax;

import java.util.List;

/**
 * One value, operator or call of an expression; its offset is where in the text an error about it
 * is.
 */
public sealed interface Node {
  int offset();

  /**
   * A value that is written down.
   *
   * @param value a Boolean, Long, Double, String or {@link io.millrace.expression.Null}
   */
  record Literal(Object value, int offset) implements Node {}

  /** {@code [a, b]}. */
  record ListLiteral(List<Node> elements, int offset) implements Node {}

  /** {@code topic}. */
  record Variable(String name, int offset) implements Node {}

  /** {@code operand.field}. */
  record Select(Node operand, String field, int offset) implements Node {}

  /** {@code has(operand.field)}. */
  record Has(Node operand, String field, int offset) implements Node {}

  /** {@code operand[key]}. */
  record Index(Node operand, Node key, int offset) implements Node {}

  /**
   * A function.
   *
   * @param arguments with what stands before the dot as the first
   */
  record Call(Function function, List<Node> arguments, int offset) implements Node {}

  /** {@code !operand}. */
  record Not(Node operand, int offset) implements Node {}

  /** {@code -operand}, where that is no number that is written down. */
  record Negate(Node operand, int offset) implements Node {}

  /** An operator between two. */
  record Binary(Operator operator, Node left, Node right, int offset) implements Node {}

  /** {@code a && b && c}; two or more. */
  record And(List<Node> operands, int offset) implements Node {}

  /** {@code a || b || c}; two or more. */
  record Or(List<Node> operands, int offset) implements Node {}

  /** {@code condition ? yes : no}. */
  record Conditional(Node condition, Node yes, Node no, int offset) implements Node {}
}

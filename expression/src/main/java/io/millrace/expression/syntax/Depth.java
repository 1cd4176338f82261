package io.millrace.expression.syntax;

import io.millrace.expression.Expression;
import io.millrace.expression.ExpressionException;
import java.util.List;

/** How deep the values, operators and calls of a tree are in one another. */
final class Depth {
  private Depth() {}

  static void check(Node node) {
    check(node, 1);
  }

  private static void check(Node node, int depth) {
    if (depth > Expression.MAX_DEPTH) {
      throw exceeded(node.offset());
    }
    for (Node part : parts(node)) {
      check(part, depth + 1);
    }
  }

  private static List<Node> parts(Node node) {
    return switch (node) {
      case Node.Literal ignored -> List.of();
      case Node.Variable ignored -> List.of();
      case Node.ListLiteral list -> list.elements();
      case Node.Select select -> List.of(select.operand());
      case Node.Has has -> List.of(has.operand());
      case Node.Index index -> List.of(index.operand(), index.key());
      case Node.Call call -> call.arguments();
      case Node.Not not -> List.of(not.operand());
      case Node.Negate negate -> List.of(negate.operand());
      case Node.Binary binary -> List.of(binary.left(), binary.right());
      case Node.And and -> and.operands();
      case Node.Or or -> or.operands();
      case Node.Conditional c -> List.of(c.condition(), c.yes(), c.no());
    };
  }

  static ExpressionException exceeded(int offset) {
    return new ExpressionException(
        offset, "nested more than " + Expression.MAX_DEPTH + " deep", "");
  }
}

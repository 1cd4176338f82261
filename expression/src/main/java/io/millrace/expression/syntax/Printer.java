package io.millrace.expression.syntax;

import java.util.List;

/**
 * Writes a tree as text that gives the same tree again: one space around operators, single quotes,
 * brackets only where they are needed.
 */
public final class Printer {
  private static final int CONDITIONAL = 0;
  private static final int OR = 1;
  private static final int AND = 2;
  private static final int UNARY = 6;
  private static final int MEMBER = 7;

  private final StringBuilder text = new StringBuilder();

  private Printer() {}

  /** The text of a tree. */
  public static String print(Node node) {
    Printer printer = new Printer();
    printer.write(node, CONDITIONAL);
    return printer.text.toString();
  }

  /** Writes a node where the grammar takes what binds at least so close. */
  private void write(Node node, int least) {
    if (precedence(node) < least) {
      text.append('(');
      write(node);
      text.append(')');
    } else {
      write(node);
    }
  }

  private void write(Node node) {
    switch (node) {
      case Node.Literal(Object value, int ignored) -> literal(value);
      case Node.ListLiteral(List<Node> elements, int ignored) -> {
        text.append('[');
        all(elements, ", ", CONDITIONAL);
        text.append(']');
      }
      case Node.Variable(String name, int ignored) -> text.append(name);
      case Node.Select(Node operand, String field, int ignored) -> {
        write(operand, MEMBER);
        text.append('.').append(field);
      }
      case Node.Has(Node operand, String field, int ignored) -> {
        text.append("has(");
        write(operand, MEMBER);
        text.append('.').append(field).append(')');
      }
      case Node.Index(Node operand, Node key, int ignored) -> {
        write(operand, MEMBER);
        text.append('[');
        write(key, CONDITIONAL);
        text.append(']');
      }
      case Node.Call call -> call(call);
      case Node.Not(Node operand, int ignored) -> {
        text.append('!');
        write(operand, operand instanceof Node.Not ? UNARY : MEMBER);
      }
      case Node.Negate(Node operand, int ignored) -> {
        text.append('-');
        // A number that follows a minus is a negative one.
        boolean dashed = operand instanceof Node.Negate || negative(operand);
        write(operand, dashed ? UNARY : operand instanceof Node.Literal ? MEMBER + 1 : MEMBER);
      }
      case Node.Binary(Operator operator, Node left, Node right, int ignored) -> {
        write(left, operator.precedence());
        text.append(' ').append(operator.symbol()).append(' ');
        write(right, operator.precedence() + 1);
      }
      case Node.And(List<Node> operands, int ignored) -> all(operands, " && ", AND + 1);
      case Node.Or(List<Node> operands, int ignored) -> all(operands, " || ", OR + 1);
      case Node.Conditional(Node condition, Node yes, Node no, int ignored) -> {
        write(condition, OR);
        text.append(" ? ");
        write(yes, OR);
        text.append(" : ");
        write(no, CONDITIONAL);
      }
    }
  }

  private void call(Node.Call call) {
    List<Node> arguments = call.arguments();
    if (call.function().isGlobal()) {
      text.append(call.function().word()).append('(');
      all(arguments, ", ", CONDITIONAL);
    } else {
      write(arguments.getFirst(), MEMBER);
      text.append('.').append(call.function().word()).append('(');
      all(arguments.subList(1, arguments.size()), ", ", CONDITIONAL);
    }
    text.append(')');
  }

  private void all(List<Node> nodes, String between, int least) {
    for (int i = 0; i < nodes.size(); i++) {
      text.append(i == 0 ? "" : between);
      write(nodes.get(i), least);
    }
  }

  private void literal(Object value) {
    if (value instanceof String string) {
      text.append('\'');
      string.chars().forEach(c -> character((char) c));
      text.append('\'');
    } else {
      text.append(value);
    }
  }

  private void character(char c) {
    switch (c) {
      case '\'', '\\' -> text.append('\\').append(c);
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (Character.isISOControl(c)) {
          text.append(String.format("\\u%04x", (int) c));
        } else {
          text.append(c);
        }
      }
    }
  }

  private static boolean negative(Node node) {
    return node instanceof Node.Literal(Object value, int ignored)
        && (value instanceof Long || value instanceof Double)
        && value.toString().startsWith("-");
  }

  private static int precedence(Node node) {
    return switch (node) {
      case Node.Conditional ignored -> CONDITIONAL;
      case Node.Or ignored -> OR;
      case Node.And ignored -> AND;
      case Node.Binary binary -> binary.operator().precedence();
      case Node.Not ignored -> UNARY;
      case Node.Negate ignored -> UNARY;
      case Node.Literal ignored -> negative(node) ? UNARY : MEMBER;
      default -> MEMBER;
    };
  }
}

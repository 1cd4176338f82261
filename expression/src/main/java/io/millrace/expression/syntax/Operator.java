package io.millrace.expression.syntax;

/** The operators with two operands, but for {@code &&} and {@code ||}, which take any number. */
public enum Operator {
  EQUAL("==", 3),
  NOT_EQUAL("!=", 3),
  LESS("<", 3),
  LESS_OR_EQUAL("<=", 3),
  GREATER(">", 3),
  GREATER_OR_EQUAL(">=", 3),
  IN("in", 3),
  PLUS("+", 4),
  MINUS("-", 4),
  TIMES("*", 5),
  DIVIDED_BY("/", 5),
  MODULO("%", 5);

  private final String symbol;
  private final int precedence;

  Operator(String symbol, int precedence) {
    this.symbol = symbol;
    this.precedence = precedence;
  }

  /** How it is written. */
  public String symbol() {
    return symbol;
  }

  /** The higher, the closer it binds; see {@link Printer}. */
  int precedence() {
    return precedence;
  }
}

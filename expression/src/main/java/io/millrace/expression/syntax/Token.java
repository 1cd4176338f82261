package io.millrace.expression.syntax;

/**
 * A word of an expression.
 *
 * @param text as it is written; of a string what it means, of a number in base 16 without 0x
 */
record Token(Kind kind, String text, int offset) {
  enum Kind {
    NAME,
    INTEGER,
    HEXADECIMAL,
    DECIMAL,
    STRING,
    SYMBOL,
    END
  }

  /** Whether it is this symbol, or this word that is none of a name. */
  boolean is(String symbol) {
    return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(symbol);
  }

  boolean isNumber() {
    return kind == Kind.INTEGER || kind == Kind.HEXADECIMAL || kind == Kind.DECIMAL;
  }

  /** For a person. */
  String shown() {
    return switch (kind) {
      case END -> "the end";
      case STRING -> "a string";
      default -> "'" + (text.length() > 20 ? text.substring(0, 20) + "…" : text) + "'";
    };
  }
}

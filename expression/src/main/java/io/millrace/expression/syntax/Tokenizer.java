package io.millrace.expression.syntax;

import io.millrace.expression.ExpressionException;

/**
 * Splits a text into its words (CEL language definition, "Syntax"). Not part of the language here:
 * bytes, unsigned numbers, raw and multi-line strings, names in backquotes.
 */
final class Tokenizer {
  private final String source;
  private int at;

  Tokenizer(String source) {
    this.source = source;
  }

  /** The next word; {@link Token.Kind#END} at the end, as often as asked. */
  Token next() {
    skipSpace();
    int start = at;
    if (at == source.length()) {
      return new Token(Token.Kind.END, "", start);
    }
    char c = source.charAt(at);
    if (isNameStart(c)) {
      return name(start);
    }
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      return number(start);
    }
    if (c == '"' || c == '\'') {
      return string(start, c);
    }
    return symbol(start);
  }

  private void skipSpace() {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '/' && peek(1) == '/') {
        int end = source.indexOf('\n', at);
        at = end < 0 ? source.length() : end;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        at++;
      } else {
        return;
      }
    }
  }

  private Token name(int start) {
    while (isNamePart(peek(0))) {
      at++;
    }
    String word = source.substring(start, at);
    char next = peek(0);
    if ((next == '"' || next == '\'') && word.matches("(?i)r|b|rb|br")) {
      throw new ExpressionException(
          start, "strings with a letter before them are not part of this language", "");
    }
    return new Token(Token.Kind.NAME, word, start);
  }

  private Token number(int start) {
    if (peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at += 2;
      int digits = at;
      while (Character.digit(peek(0), 16) >= 0 && peek(0) < 0x80) {
        at++;
      }
      if (digits == at) {
        throw new ExpressionException(at, "expected a digit of a number in base 16", "");
      }
      return ended(new Token(Token.Kind.HEXADECIMAL, source.substring(digits, at), start));
    }
    Token.Kind kind = Token.Kind.INTEGER;
    digits();
    if (peek(0) == '.' && isDigit(peek(1))) {
      kind = Token.Kind.DECIMAL;
      at++;
      digits();
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
      kind = Token.Kind.DECIMAL;
      at++;
      if (peek(0) == '+' || peek(0) == '-') {
        at++;
      }
      if (!isDigit(peek(0))) {
        throw new ExpressionException(at, "expected a digit of the number's exponent", "");
      }
      digits();
    }
    return ended(new Token(kind, source.substring(start, at), start));
  }

  private void digits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  private Token ended(Token number) {
    char next = peek(0);
    if (next == 'u' || next == 'U') {
      throw new ExpressionException(
          at, "unsigned numbers are not part of this language", "; leave the 'u' out");
    }
    if (isNamePart(next)) {
      throw new ExpressionException(
          at, "a number ends where '" + next + "' begins", "; put texts into quotes");
    }
    return number;
  }

  private Token string(int start, char quote) {
    if (source.startsWith(String.valueOf(quote).repeat(3), at)) {
      throw new ExpressionException(
          start, "strings in three quotes are not part of this language", "");
    }
    at++;
    StringBuilder text = new StringBuilder();
    while (true) {
      if (at == source.length() || source.charAt(at) == '\n' || source.charAt(at) == '\r') {
        throw new ExpressionException(
            at, "expected " + quote, ", which ends the string that begins at " + start);
      }
      char c = source.charAt(at++);
      if (c == quote) {
        return new Token(Token.Kind.STRING, text.toString(), start);
      }
      if (c == '\\') {
        escape(text);
      } else {
        text.append(c);
      }
    }
  }

  private void escape(StringBuilder text) {
    int start = at - 1;
    char c = peek(0);
    at++;
    switch (c) {
      case '\\', '\'', '"', '`', '?' -> text.append(c);
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'v' -> text.append('\u000B');
      case 'x', 'X' -> codePoint(text, start, 2, 16);
      case 'u' -> codePoint(text, start, 4, 16);
      case 'U' -> codePoint(text, start, 8, 16);
      case '0', '1', '2', '3' -> {
        at--;
        codePoint(text, start, 3, 8);
      }
      default ->
          throw new ExpressionException(
              start, "unknown escape sequence", "; a backslash is written as \\\\");
    }
  }

  private void codePoint(StringBuilder text, int start, int digits, int radix) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = peek(0) < 0x80 ? Character.digit(peek(0), radix) : -1;
      if (digit < 0) {
        throw new ExpressionException(
            start, "an escape sequence that should have " + digits + " digits", "");
      }
      value = value * radix + digit;
      at++;
    }
    if (value > Character.MAX_CODE_POINT || (value >= 0xD800 && value <= 0xDFFF)) {
      throw new ExpressionException(start, "an escape sequence for what is no character", "");
    }
    text.appendCodePoint((int) value);
  }

  private Token symbol(int start) {
    String two = source.substring(at, Math.min(at + 2, source.length()));
    String symbol =
        switch (two) {
          case "&&", "||", "==", "!=", "<=", ">=" -> two;
          default -> two.substring(0, 1);
        };
    if (symbol.length() == 1 && "!<>+-*/%?:.,()[]".indexOf(symbol.charAt(0)) < 0) {
      throw unexpected(start, symbol.charAt(0));
    }
    at += symbol.length();
    return new Token(Token.Kind.SYMBOL, symbol, start);
  }

  private ExpressionException unexpected(int start, char c) {
    String more =
        switch (c) {
          case '=' -> "; equality is written as '=='";
          case '&' -> "; 'and' is written as '&&'";
          case '|' -> "; 'or' is written as '||'";
          case '{', '}' -> "; maps can't be written down in this language";
          case '`' -> "; write payload['a-b'] for a field that is no name";
          default -> "; texts stand in quotes";
        };
    String shown =
        Character.isISOControl(c) || Character.isSurrogate(c)
            ? String.format("U+%04X", source.codePointAt(start))
            : "'" + c + "'";
    return new ExpressionException(start, "unexpected " + shown, more);
  }

  /** The character so far ahead; NUL where there is none, which is part of no word. */
  private char peek(int ahead) {
    return at + ahead < source.length() ? source.charAt(at + ahead) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c);
  }
}

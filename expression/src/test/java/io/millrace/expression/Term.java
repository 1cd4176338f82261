package io.millrace.expression;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An expression as the tests see it: what it does, of what. It writes itself with brackets around
 * everything, and shares nothing with the tree that is tested.
 *
 * @param what {@code literal}, {@code var}, {@code select}, {@code has}, {@code index}, {@code
 *     list}, {@code ?:}, {@code neg}, a function or an operator
 * @param word the value of a literal, the name of a variable or a field
 */
record Term(String what, Object word, List<Term> parts) {
  static Term of(String what, Term... parts) {
    return new Term(what, "", List.of(parts));
  }

  static Term literal(Object value) {
    return new Term("literal", value, List.of());
  }

  Term part(int i) {
    return parts.get(i);
  }

  String source() {
    return switch (what) {
      case "literal" -> word instanceof String text ? quoted(text) : word.toString();
      case "var" -> word.toString();
      case "select" -> at(0) + "." + word;
      case "has" -> "has(" + at(0) + "." + word + ")";
      case "index" -> at(0) + "[" + part(1).source() + "]";
      case "list" -> parts.stream().map(Term::source).collect(Collectors.joining(",", "[", "]"));
      case "?:" -> at(0) + "?" + at(1) + ":" + at(2);
      case "neg" -> "-" + at(0);
      case "!" -> "!" + at(0);
      case "size", "int", "double" -> what + "(" + part(0).source() + ")";
      case "startsWith", "endsWith", "contains" ->
          at(0) + "." + what + "(" + part(1).source() + ")";
      default ->
          parts.stream()
              .map(p -> "(" + p.source() + ")")
              .collect(Collectors.joining(" " + what + " "));
    };
  }

  private String at(int i) {
    return "(" + part(i).source() + ")";
  }

  private static String quoted(String text) {
    return text.codePoints()
        .mapToObj(
            c ->
                c >= ' ' && c < 0x7F && c != '"' && c != '\\'
                    ? Character.toString(c)
                    : String.format("\\U%08x", c))
        .collect(Collectors.joining("", "\"", "\""));
  }
}

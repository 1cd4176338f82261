package io.millrace.expression.syntax;

import io.millrace.config.Suggestion;
import io.millrace.expression.Expression;
import io.millrace.expression.ExpressionException;
import io.millrace.expression.Null;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a tree of a text: one method for each rule of the grammar in {@code docs/expressions.md},
 * named as there. Knows nothing of variables and types.
 */
public final class Parser {
  private static final Set<String> KEYWORDS = Set.of("true", "false", "null", "in");

  /** Words that CEL keeps for languages that it is part of. */
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while");

  private static final Set<String> MACROS =
      Set.of("all", "exists", "exists_one", "existsOne", "map", "filter");

  private final Tokenizer tokens;
  private Token token;
  private int nodes;
  private int depth;

  private Parser(String source) {
    tokens = new Tokenizer(source);
    token = tokens.next();
  }

  /**
   * Parses all of a text.
   *
   * @throws ExpressionException where it is not of the language, or is beyond {@link
   *     Expression#MAX_LENGTH}, {@link Expression#MAX_DEPTH} or {@link Expression#MAX_NODES}
   */
  public static Node parse(String source) {
    if (source.length() > Expression.MAX_LENGTH) {
      throw new ExpressionException(
          Expression.MAX_LENGTH,
          "longer than " + Expression.MAX_LENGTH + " characters",
          "; the rest begins there");
    }
    Parser parser = new Parser(source);
    Node node = parser.expression();
    if (parser.token.kind() != Token.Kind.END) {
      throw parser.expected("an operator or the end");
    }
    Depth.check(node);
    return node;
  }

  private Node expression() {
    enter();
    Node condition = or();
    if (!token.is("?")) {
      depth--;
      return condition;
    }
    int offset = take().offset();
    Node yes = or();
    expect(":");
    Node no = expression();
    depth--;
    return made(new Node.Conditional(condition, yes, no, offset));
  }

  private Node or() {
    Node first = and();
    if (!token.is("||")) {
      return first;
    }
    int offset = token.offset();
    List<Node> operands = new ArrayList<>(List.of(first));
    while (taken("||")) {
      operands.add(and());
    }
    return made(new Node.Or(List.copyOf(operands), offset));
  }

  private Node and() {
    Node first = relation();
    if (!token.is("&&")) {
      return first;
    }
    int offset = token.offset();
    List<Node> operands = new ArrayList<>(List.of(first));
    while (taken("&&")) {
      operands.add(relation());
    }
    return made(new Node.And(List.copyOf(operands), offset));
  }

  private Node relation() {
    return binary(3);
  }

  /** Relation, Addition and Multiplication: operators of one precedence, the left one first. */
  private Node binary(int precedence) {
    Node left = precedence == 5 ? unary() : binary(precedence + 1);
    Operator operator = operator(precedence);
    while (operator != null) {
      int offset = take().offset();
      Node right = precedence == 5 ? unary() : binary(precedence + 1);
      left = made(new Node.Binary(operator, left, right, offset));
      operator = operator(precedence);
    }
    return left;
  }

  private @Nullable Operator operator(int precedence) {
    for (Operator operator : Operator.values()) {
      if (operator.precedence() == precedence && token.is(operator.symbol())) {
        return operator;
      }
    }
    return null;
  }

  private Node unary() {
    if (token.is("!")) {
      int offset = take().offset();
      enter();
      Node operand = token.is("!") ? unary() : member();
      depth--;
      return made(new Node.Not(operand, offset));
    }
    if (token.is("-")) {
      int offset = take().offset();
      if (token.isNumber()) {
        return members(number("-", offset));
      }
      enter();
      Node operand = token.is("-") ? unary() : member();
      depth--;
      return made(new Node.Negate(operand, offset));
    }
    return member();
  }

  private Node member() {
    return members(primary());
  }

  private Node members(Node first) {
    Node node = first;
    while (true) {
      if (taken(".")) {
        Token name = name("the name of a field");
        node =
            token.is("(")
                ? call(name, node)
                : made(new Node.Select(node, name.text(), name.offset()));
      } else if (token.is("[")) {
        int offset = take().offset();
        Node key = expression();
        expect("]");
        node = made(new Node.Index(node, key, offset));
      } else {
        return node;
      }
    }
  }

  private Node primary() {
    Token first = token;
    return switch (first.kind()) {
      case NAME -> named();
      case STRING -> literal(first.text());
      case INTEGER, HEXADECIMAL, DECIMAL -> number("", first.offset());
      default -> {
        if (taken("(")) {
          Node node = expression();
          expect(")");
          yield node;
        }
        if (taken("[")) {
          yield made(new Node.ListLiteral(list("]", true), first.offset()));
        }
        throw expected("a value");
      }
    };
  }

  private Node named() {
    return switch (token.text()) {
      case "true" -> literal(true);
      case "false" -> literal(false);
      case "null" -> literal(Null.NULL);
      case "in" -> throw expected("a value");
      default -> {
        Token name = take();
        if (RESERVED.contains(name.text())) {
          throw new ExpressionException(
              name.offset(), "'" + name.text() + "' is a reserved word", "");
        }
        yield token.is("(")
            ? call(name, null)
            : made(new Node.Variable(name.text(), name.offset()));
      }
    };
  }

  private Node literal(Object value) {
    return made(new Node.Literal(value, take().offset()));
  }

  private Node number(String sign, int offset) {
    Token number = take();
    try {
      return made(
          new Node.Literal(
              switch (number.kind()) {
                case DECIMAL -> finite(sign + number.text());
                case HEXADECIMAL -> Long.parseLong(sign + number.text(), 16);
                default -> Long.parseLong(sign + number.text());
              },
              offset));
    } catch (NumberFormatException e) {
      throw new ExpressionException(
          offset, "a number that does not fit into 64 bits", "; write it with '.0' as a double");
    }
  }

  private static double finite(String text) {
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw new NumberFormatException(text);
    }
    return value;
  }

  private Node call(Token name, @Nullable Node receiver) {
    expect("(");
    if (name.text().equals("has") && receiver == null) {
      return has(name);
    }
    Function function = function(name, receiver != null);
    List<Node> arguments = new ArrayList<>();
    if (receiver != null) {
      arguments.add(receiver);
    }
    arguments.addAll(list(")", false));
    if (arguments.size() != function.arguments()) {
      int before = receiver == null ? 0 : 1;
      throw new ExpressionException(
          name.offset(),
          function.word()
              + "() takes "
              + (function.arguments() - before == 0 ? "nothing" : "one value")
              + " in its brackets, found "
              + (arguments.size() - before),
          "");
    }
    return made(new Node.Call(function, List.copyOf(arguments), name.offset()));
  }

  private Node has(Token name) {
    Node argument = expression();
    if (!(argument instanceof Node.Select(Node operand, String field, int ignored))) {
      throw new ExpressionException(
          argument.offset(),
          "has() takes a field, as in has(payload.temp), found something else",
          "; write 'key' in headers for a key");
    }
    expect(")");
    // The field became a part of has(): one node, not two.
    return new Node.Has(operand, field, name.offset());
  }

  private static Function function(Token name, boolean member) {
    String word = name.text();
    Function function =
        Function.named(word)
            .orElseThrow(() -> new ExpressionException(name.offset(), unknown(word), hint(word)));
    if (member && !function.isMember()) {
      throw new ExpressionException(
          name.offset(),
          "'" + word + "' stands before its value",
          "; write " + word + "(payload.x)");
    }
    if (!member && !function.isGlobal()) {
      throw new ExpressionException(
          name.offset(), "'" + word + "' follows a dot", "; write topic." + word + "('x')");
    }
    return function;
  }

  private static String unknown(String word) {
    return word.equals("matches") || MACROS.contains(word)
        ? "'" + word + "' is not part of this language"
        : "unknown function '" + word + "'";
  }

  private static String hint(String word) {
    if (word.equals("matches")) {
      return "; use startsWith, endsWith and contains, whose time is bounded";
    }
    return MACROS.contains(word) ? "" : Suggestion.nearest(word, Function.NAMES);
  }

  /** Expressions up to a bracket that ends them, which is taken too. */
  private List<Node> list(String end, boolean commaBeforeEnd) {
    List<Node> elements = new ArrayList<>();
    if (taken(end)) {
      return List.of();
    }
    while (true) {
      elements.add(expression());
      if (taken(end)) {
        return List.copyOf(elements);
      }
      if (!token.is(",")) {
        throw expected("',' or '" + end + "'");
      }
      take();
      if (commaBeforeEnd && taken(end)) {
        return List.copyOf(elements);
      }
    }
  }

  private Token name(String what) {
    if (token.kind() != Token.Kind.NAME || KEYWORDS.contains(token.text())) {
      throw expected(what);
    }
    return take();
  }

  private Token take() {
    Token taken = token;
    token = tokens.next();
    return taken;
  }

  private boolean taken(String symbol) {
    if (token.is(symbol)) {
      take();
      return true;
    }
    return false;
  }

  private void expect(String symbol) {
    if (!taken(symbol)) {
      throw expected("'" + symbol + "'");
    }
  }

  private ExpressionException expected(String what) {
    return new ExpressionException(token.offset(), "expected " + what, ", found " + token.shown());
  }

  /** Bounds the stack while parsing; what the tree itself may be is {@link Depth}'s. */
  private void enter() {
    if (++depth > Expression.MAX_DEPTH) {
      throw Depth.exceeded(token.offset());
    }
  }

  private Node made(Node node) {
    if (++nodes > Expression.MAX_NODES) {
      throw new ExpressionException(
          node.offset(), "more than " + Expression.MAX_NODES + " values, operators and calls", "");
    }
    return node;
  }
}

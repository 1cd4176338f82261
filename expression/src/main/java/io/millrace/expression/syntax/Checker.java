package io.millrace.expression.syntax;

import io.millrace.config.Suggestion;
import io.millrace.expression.Expression;
import io.millrace.expression.ExpressionException;
import io.millrace.expression.Null;
import io.millrace.expression.Type;
import io.millrace.expression.Type.Scalar;
import io.millrace.expression.Vocabulary;
import java.util.List;

/**
 * Finds what can't be right whatever the message is: unknown variables, operators on types that
 * they are not defined for, work without a bound.
 */
public final class Checker {
  private final Vocabulary vocabulary;
  private int cost;

  private Checker(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * What a node is known to be.
   *
   * @param scans how many values of a size that the message decides it may take to look at all of
   *     it
   */
  private record Known(Type type, int scans) {
    static Known small(Type type) {
      return new Known(type, 0);
    }

    static Known of(Type type) {
      return new Known(
          type, type.equals(Scalar.BOOL) || type.isNumber() || type.equals(Scalar.NULL) ? 0 : 1);
    }
  }

  /**
   * The type of a tree's value, or the wanted one where it is not known.
   *
   * @param wanted what it has to give; {@link Scalar#DYN} is anything
   * @throws ExpressionException where it can't be, or costs more than {@link Expression#MAX_COST}
   */
  public static Type check(Node node, Vocabulary vocabulary, Type wanted) {
    Checker checker = new Checker(vocabulary);
    Type type = checker.check(node).type;
    if (!wanted.agreesWith(type)) {
      throw new ExpressionException(
          node.offset(),
          wanted.equals(Scalar.BOOL)
              ? "expected what is true or false, found a value of type " + type
              : "expected a value of type " + wanted + ", found one of type " + type,
          "");
    }
    if (checker.cost > Expression.MAX_COST) {
      throw new ExpressionException(
          node.offset(),
          "too much work: " + checker.cost + " units, more than " + Expression.MAX_COST + ",",
          "; compare with values that are written down, and use fewer operators and functions");
    }
    return type.equals(Scalar.DYN) ? wanted : type;
  }

  private Known check(Node node) {
    cost++;
    return switch (node) {
      case Node.Literal literal -> Known.small(literal(literal.value()));
      case Node.ListLiteral list -> list(list);
      case Node.Variable variable -> Known.of(variable(variable));
      case Node.Select select -> Known.of(field(check(select.operand()).type, select.offset()));
      case Node.Has has -> {
        field(check(has.operand()).type, has.offset());
        yield Known.small(Scalar.BOOL);
      }
      case Node.Index index -> Known.of(index(index));
      case Node.Call call -> Known.of(call(call));
      case Node.Not not -> {
        expect(check(not.operand()).type, Scalar.BOOL, "'!'", not.offset());
        yield Known.small(Scalar.BOOL);
      }
      case Node.Negate negate -> Known.of(negate(negate));
      case Node.Binary binary -> binary(binary);
      case Node.And and -> all(and.operands(), "'&&'");
      case Node.Or or -> all(or.operands(), "'||'");
      case Node.Conditional conditional -> conditional(conditional);
    };
  }

  private static Type literal(Object value) {
    return switch (value) {
      case Boolean ignored -> Scalar.BOOL;
      case Long ignored -> Scalar.INT;
      case Double ignored -> Scalar.DOUBLE;
      case String ignored -> Scalar.STRING;
      case Null ignored -> Scalar.NULL;
      default -> throw new IllegalStateException("no literal: " + value);
    };
  }

  private Known list(Node.ListLiteral list) {
    Type element = null;
    int scans = 0;
    for (Node node : list.elements()) {
      Known known = check(node);
      element = element == null ? known.type : element.or(known.type);
      scans += known.scans;
    }
    return new Known(new Type.ListOf(element == null ? Scalar.DYN : element), scans);
  }

  private Type variable(Node.Variable variable) {
    Type type = vocabulary.variables().get(variable.name());
    if (type == null) {
      List<String> names = vocabulary.variables().keySet().stream().sorted().toList();
      String near = Suggestion.nearest(variable.name(), names);
      throw new ExpressionException(
          variable.offset(),
          "unknown variable '" + variable.name() + "'",
          near.isEmpty() ? "; there are " + String.join(", ", names) : near);
    }
    return type;
  }

  private static Type field(Type of, int offset) {
    if (of instanceof Type.MapOf(Type value)) {
      return value;
    }
    if (!of.equals(Scalar.DYN)) {
      throw new ExpressionException(offset, "no fields in a value of type " + of, "");
    }
    return Scalar.DYN;
  }

  private Type index(Node.Index index) {
    Type of = check(index.operand()).type;
    Type key = check(index.key()).type;
    if (of instanceof Type.MapOf(Type value)) {
      expect(key, Scalar.STRING, "the key", index.offset());
      return value;
    }
    if (of instanceof Type.ListOf(Type element)) {
      expect(key, Scalar.INT, "the index", index.offset());
      return element;
    }
    boolean possible =
        key.equals(Scalar.DYN) || key.equals(Scalar.STRING) || key.equals(Scalar.INT);
    if (!of.equals(Scalar.DYN) || !possible) {
      throw undefined("'[]'", of, key, index.offset());
    }
    return Scalar.DYN;
  }

  private Type call(Node.Call call) {
    Known first = check(call.arguments().getFirst());
    Known second =
        call.arguments().size() > 1 ? check(call.arguments().get(1)) : Known.small(Scalar.STRING);
    String name = call.function().word() + "()";
    return switch (call.function()) {
      case SIZE -> {
        if (!hasSize(first.type)) {
          throw undefined(name, first.type, call.offset());
        }
        scan(first.scans);
        yield Scalar.INT;
      }
      case INT, DOUBLE -> {
        if (!numeric(first.type) && !first.type.equals(Scalar.STRING)) {
          throw undefined(name, first.type, call.offset());
        }
        yield call.function() == Function.INT ? Scalar.INT : Scalar.DOUBLE;
      }
      case STARTS_WITH, ENDS_WITH, CONTAINS -> {
        expect(first.type, Scalar.STRING, name, call.offset());
        expect(second.type, Scalar.STRING, name, call.offset());
        boolean everywhere = call.function() == Function.CONTAINS;
        scan(everywhere ? first.scans : Math.min(first.scans, second.scans));
        yield Scalar.BOOL;
      }
    };
  }

  private static boolean hasSize(Type type) {
    return switch (type) {
      case Type.ListOf ignored -> true;
      case Type.MapOf ignored -> true;
      case Scalar scalar -> scalar == Scalar.STRING || scalar == Scalar.DYN;
    };
  }

  private Type negate(Node.Negate negate) {
    Type type = check(negate.operand()).type;
    if (!type.equals(Scalar.DYN) && !type.isNumber()) {
      throw undefined("'-'", type, negate.offset());
    }
    return type;
  }

  private Known binary(Node.Binary binary) {
    Known left = check(binary.left());
    Known right = check(binary.right());
    Operator operator = binary.operator();
    boolean defined =
        switch (operator) {
          case IN -> canHold(right.type, left.type);
          case EQUAL, NOT_EQUAL -> left.type.agreesWith(right.type);
          case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> comparable(left.type, right.type);
          case PLUS, MINUS, TIMES, DIVIDED_BY, MODULO -> true;
        };
    if (!defined) {
      throw undefined(binary, left, right);
    }
    return switch (operator) {
      case PLUS, MINUS, TIMES, DIVIDED_BY, MODULO -> Known.of(arithmetic(binary, left, right));
      case IN -> {
        boolean listed = binary.right() instanceof Node.ListLiteral;
        scan(listed ? right.scans : right.type instanceof Type.MapOf ? 0 : 1);
        yield Known.small(Scalar.BOOL);
      }
      default -> {
        scan(Math.min(left.scans, right.scans));
        yield Known.small(Scalar.BOOL);
      }
    };
  }

  private Type arithmetic(Node.Binary binary, Known left, Known right) {
    Operator operator = binary.operator();
    if (operator == Operator.PLUS && concatenates(left.type, right.type)) {
      scan(1);
      return left.type.equals(Scalar.STRING) ? left.type : right.type;
    }
    // A number of a payload is an int or a double by chance; one that is written down is not.
    boolean mixed = left.type.isNumber() && right.type.isNumber() && !left.type.equals(right.type);
    boolean remainderOfDouble =
        operator == Operator.MODULO
            && (left.type.equals(Scalar.DOUBLE) || right.type.equals(Scalar.DOUBLE));
    if (!numeric(left.type) || !numeric(right.type) || mixed || remainderOfDouble) {
      throw undefined(binary, left, right);
    }
    if (operator == Operator.MODULO) {
      return Scalar.INT;
    }
    // An int and something unknown may give a double.
    boolean certain =
        left.type.equals(right.type)
            || left.type.equals(Scalar.DOUBLE)
            || right.type.equals(Scalar.DOUBLE);
    return !certain ? Scalar.DYN : left.type.equals(Scalar.DYN) ? right.type : left.type;
  }

  /** Whether two strings, or two of which nothing else is known, are put together. */
  private static boolean concatenates(Type left, Type right) {
    return (left.equals(Scalar.STRING) || left.equals(Scalar.DYN))
        && (right.equals(Scalar.STRING) || right.equals(Scalar.DYN));
  }

  private static boolean comparable(Type left, Type right) {
    boolean alike = ordered(left) && ordered(right) && left.agreesWith(right);
    return alike || (numeric(left) && numeric(right));
  }

  private static boolean numeric(Type type) {
    return type.equals(Scalar.DYN) || type.isNumber();
  }

  private static boolean ordered(Type type) {
    return numeric(type) || type.equals(Scalar.STRING) || type.equals(Scalar.BOOL);
  }

  private static boolean canHold(Type holder, Type what) {
    return switch (holder) {
      case Type.ListOf(Type element) -> element.agreesWith(what);
      case Type.MapOf ignored -> what.agreesWith(Scalar.STRING);
      default -> holder.equals(Scalar.DYN);
    };
  }

  private Known all(List<Node> operands, String operator) {
    for (Node operand : operands) {
      expect(check(operand).type, Scalar.BOOL, operator, operand.offset());
    }
    return Known.small(Scalar.BOOL);
  }

  private Known conditional(Node.Conditional conditional) {
    expect(check(conditional.condition()).type, Scalar.BOOL, "'?'", conditional.offset());
    Known yes = check(conditional.yes());
    Known no = check(conditional.no());
    if (!yes.type.agreesWith(no.type)) {
      throw undefined("':'", yes.type, no.type, conditional.offset());
    }
    return new Known(yes.type.or(no.type), yes.scans + no.scans);
  }

  private void scan(int times) {
    cost += times * Expression.SCAN_COST;
  }

  private static void expect(Type found, Type wanted, String by, int offset) {
    if (!found.agreesWith(wanted)) {
      throw new ExpressionException(
          offset, by + " takes a value of type " + wanted + ", found one of type " + found, "");
    }
  }

  private static ExpressionException undefined(String what, Type of, int offset) {
    return new ExpressionException(offset, what + " is not defined for " + of, "");
  }

  private static ExpressionException undefined(Node.Binary binary, Known left, Known right) {
    String symbol = "'" + binary.operator().symbol() + "'";
    return undefined(symbol, left.type, right.type, binary.offset());
  }

  private static ExpressionException undefined(String what, Type left, Type right, int offset) {
    String more =
        left.isNumber() && right.isNumber()
            ? "; write double(…) around the int, or '.0' after it"
            : "";
    return new ExpressionException(
        offset, what + " is not defined for " + left + " and " + right, more);
  }
}

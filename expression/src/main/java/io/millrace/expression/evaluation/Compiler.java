package io.millrace.expression.evaluation;

import io.millrace.expression.Failure;
import io.millrace.expression.Json;
import io.millrace.expression.Null;
import io.millrace.expression.Type;
import io.millrace.expression.Type.Scalar;
import io.millrace.expression.Vocabulary;
import io.millrace.expression.syntax.Function;
import io.millrace.expression.syntax.Node;
import io.millrace.expression.syntax.Operator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes steps of a tree that has been checked. Operands are evaluated from left to right, and the
 * first {@link Failure} among them is what an operator or a function gives; only {@code &&}, {@code
 * ||} and {@code ?:} differ.
 */
public final class Compiler {
  private final Vocabulary vocabulary;

  private Compiler(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * The steps of a tree.
   *
   * @param wanted {@link Scalar#BOOL} makes {@link Failure#WRONG_TYPE} of everything else
   */
  public static Step compile(Node node, Vocabulary vocabulary, Type wanted) {
    Step whole = new Compiler(vocabulary).compile(node);
    return wanted.equals(Scalar.BOOL) ? subject -> bool(whole.evaluate(subject)) : whole;
  }

  private Step compile(Node node) {
    return switch (node) {
      case Node.Literal(Object value, int ignored) -> subject -> value;
      case Node.ListLiteral list -> list(list);
      case Node.Variable(String name, int ignored) -> variable(name);
      case Node.Select(Node operand, String field, int ignored) -> {
        Step of = compile(operand);
        yield subject -> field(of.evaluate(subject), field);
      }
      case Node.Has(Node operand, String field, int ignored) -> {
        Step of = compile(operand);
        yield subject -> has(of.evaluate(subject), field);
      }
      case Node.Index(Node operand, Node key, int ignored) -> {
        Step of = compile(operand);
        Step at = compile(key);
        yield subject -> index(of.evaluate(subject), at.evaluate(subject));
      }
      case Node.Call call -> call(call);
      case Node.Not(Node operand, int ignored) -> {
        Step of = compile(operand);
        yield subject -> not(bool(of.evaluate(subject)));
      }
      case Node.Negate(Node operand, int ignored) -> {
        Step of = compile(operand);
        yield subject -> Numbers.negated(of.evaluate(subject));
      }
      case Node.Binary binary -> binary(binary);
      case Node.And(List<Node> operands, int ignored) -> junction(operands, false);
      case Node.Or(List<Node> operands, int ignored) -> junction(operands, true);
      case Node.Conditional(Node condition, Node yes, Node no, int ignored) -> {
        Step asked = compile(condition);
        Step first = compile(yes);
        Step second = compile(no);
        yield subject -> {
          Object answer = bool(asked.evaluate(subject));
          if (answer instanceof Boolean yesOrNo) {
            return (yesOrNo ? first : second).evaluate(subject);
          }
          return answer;
        };
      }
    };
  }

  private Step variable(String name) {
    Type type = vocabulary.variables().getOrDefault(name, Scalar.DYN);
    return subject -> {
      Object value = subject.value(name);
      if (value == null) {
        return Failure.NO_VALUE;
      }
      if (!fits(value, type)) {
        throw new IllegalArgumentException(
            "the subject's " + name + " is no " + type + " but a " + value.getClass().getName());
      }
      return value instanceof Json json ? json.value() : value;
    };
  }

  private static boolean fits(Object value, Type type) {
    return switch (type) {
      case Type.Scalar scalar ->
          switch (scalar) {
            case BOOL -> value instanceof Boolean;
            case INT -> value instanceof Long;
            case DOUBLE -> value instanceof Double;
            case STRING -> value instanceof String;
            case NULL -> value == Null.NULL;
            case DYN ->
                value instanceof Json
                    || value instanceof String
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean
                    || value instanceof Map
                    || value instanceof List
                    || value instanceof Null
                    || value instanceof Failure;
          };
      case Type.ListOf ignored -> value instanceof List;
      case Type.MapOf ignored -> value instanceof Map;
    };
  }

  private Step list(Node.ListLiteral list) {
    List<Object> constant = constant(list);
    if (constant != null) {
      return subject -> constant;
    }
    Step[] elements = steps(list.elements());
    return subject -> {
      Object[] values = new Object[elements.length];
      for (int i = 0; i < elements.length; i++) {
        values[i] = elements[i].evaluate(subject);
        if (values[i] instanceof Failure) {
          return values[i];
        }
      }
      return List.of(values);
    };
  }

  /** The values of a list that is the same for every subject; null where it is not. */
  private static @Nullable List<Object> constant(Node node) {
    return node instanceof Node.ListLiteral(List<Node> elements, int ignored)
            && elements.stream().allMatch(element -> element instanceof Node.Literal)
        ? elements.stream().map(element -> ((Node.Literal) element).value()).toList()
        : null;
  }

  private Step[] steps(List<Node> nodes) {
    return nodes.stream().map(this::compile).toArray(Step[]::new);
  }

  private Step call(Node.Call call) {
    Step first = compile(call.arguments().getFirst());
    Function function = call.function();
    return switch (function) {
      case SIZE -> subject -> Texts.size(first.evaluate(subject));
      case INT -> subject -> Numbers.toInt(first.evaluate(subject));
      case DOUBLE -> subject -> Numbers.toDouble(first.evaluate(subject));
      case STARTS_WITH, ENDS_WITH, CONTAINS -> {
        Step second = compile(call.arguments().get(1));
        yield subject -> Texts.search(function, first.evaluate(subject), second.evaluate(subject));
      }
    };
  }

  private Step binary(Node.Binary binary) {
    Operator operator = binary.operator();
    Step left = compile(binary.left());
    List<Object> constant = constant(binary.right());
    if (operator == Operator.IN
        && constant != null
        && constant.stream().allMatch(String.class::isInstance)) {
      Set<Object> words = constant.stream().collect(Collectors.toUnmodifiableSet());
      return subject -> {
        Object value = left.evaluate(subject);
        return value instanceof Failure ? value : (Object) words.contains(value);
      };
    }
    Step right = compile(binary.right());
    return switch (operator) {
      case EQUAL -> subject -> equal(left.evaluate(subject), right.evaluate(subject), true);
      case NOT_EQUAL -> subject -> equal(left.evaluate(subject), right.evaluate(subject), false);
      case IN -> subject -> in(left.evaluate(subject), right.evaluate(subject));
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          subject -> Order.test(operator, left.evaluate(subject), right.evaluate(subject));
      case PLUS, MINUS, TIMES, DIVIDED_BY, MODULO ->
          subject -> arithmetic(operator, left.evaluate(subject), right.evaluate(subject));
    };
  }

  /** {@code &&} and {@code ||}: one operand decides, whatever the others are, errors included. */
  private Step junction(List<Node> nodes, boolean deciding) {
    Step[] operands = steps(nodes);
    return subject -> {
      Object result = !deciding;
      for (Step operand : operands) {
        Object value = bool(operand.evaluate(subject));
        if (value instanceof Boolean b) {
          if (b == deciding) {
            return value;
          }
        } else if (!(result instanceof Failure)) {
          result = value;
        }
      }
      return result;
    };
  }

  /** Itself where it is true, false or an error. */
  private static Object bool(Object value) {
    return value instanceof Boolean || value instanceof Failure ? value : Failure.WRONG_TYPE;
  }

  private static Object not(Object value) {
    return value instanceof Boolean b ? (Object) !b : value;
  }

  private static Object field(Object of, String name) {
    if (of instanceof Map<?, ?> map) {
      Object value = map.get(name);
      return value == null ? Failure.ABSENT : value;
    }
    return of instanceof Failure ? of : Failure.WRONG_TYPE;
  }

  private static Object has(Object of, String name) {
    if (of instanceof Map<?, ?> map) {
      return map.containsKey(name);
    }
    return of instanceof Failure ? of : Failure.WRONG_TYPE;
  }

  private static Object index(Object of, Object key) {
    if (of instanceof Failure) {
      return of;
    }
    if (key instanceof Failure) {
      return key;
    }
    if (of instanceof List<?> list && key instanceof Long at) {
      return at >= 0 && at < list.size() ? list.get(at.intValue()) : Failure.ABSENT;
    }
    return key instanceof String name ? field(of, name) : Failure.WRONG_TYPE;
  }

  private static Object equal(Object left, Object right, boolean wanted) {
    if (left instanceof Failure) {
      return left;
    }
    return right instanceof Failure ? right : (Object) (Equality.same(left, right) == wanted);
  }

  private static Object in(Object what, Object holder) {
    if (what instanceof Failure) {
      return what;
    }
    return switch (holder) {
      case Failure failure -> failure;
      case List<?> list -> Equality.holds(list, what);
      case Map<?, ?> map -> what instanceof String && map.containsKey(what);
      default -> Failure.WRONG_TYPE;
    };
  }

  private static Object arithmetic(Operator operator, Object left, Object right) {
    if (left instanceof Failure) {
      return left;
    }
    if (right instanceof Failure) {
      return right;
    }
    if (left instanceof String a && right instanceof String b && operator == Operator.PLUS) {
      return Texts.joined(a, b);
    }
    return Numbers.computed(operator, left, right);
  }
}

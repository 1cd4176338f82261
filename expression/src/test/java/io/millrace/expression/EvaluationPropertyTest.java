package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.Type.Scalar;
import io.millrace.expression.syntax.Parser;
import io.millrace.expression.syntax.Printer;
import io.millrace.testkit.Seeds;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Filters equal a naive evaluator, and what is printed is what was parsed. */
class EvaluationPropertyTest {
  private static final int SEEDS = 8_000;

  private static final Vocabulary MESSAGE = Vocabulary.MESSAGE;

  @Test
  void givesWhatANaiveEvaluatorGives() {
    Map<String, Integer> outcomes = new HashMap<>();
    Seeds.forEach(
        SEEDS,
        random -> {
          Term term = new RandomTerms(random).condition(random.nextInt(5));
          Expression expression;
          try {
            expression = Expression.parse(term.source());
          } catch (ExpressionException e) {
            outcomes.merge("refused", 1, Integer::sum);
            return;
          }
          for (int i = 0; i < 4; i++) {
            Map<String, Object> message = new RandomMessages(random).next();
            Object expected = new NaiveEvaluator(message).evaluate(term);
            if (!(expected instanceof Boolean) && !(expected instanceof Failure)) {
              expected = Failure.WRONG_TYPE;
            }
            Subject subject = RandomMessages.subject(message);
            assertThat(expression.evaluate(subject))
                .as("%s of %s", term.source(), message)
                .isEqualTo(expected);
            assertThat(expression.test(subject))
                .isEqualTo(
                    expected instanceof Boolean b
                        ? b ? Verdict.MATCH : Verdict.NO_MATCH
                        : Verdict.ERROR);
            outcomes.merge(expected.toString(), 1, Integer::sum);
          }
        });
    if (Long.getLong("millrace.seed") == null) {
      assertThat(outcomes.get("refused")).as("refused: %s", outcomes).isLessThan(SEEDS / 2);
      assertThat(outcomes)
          .containsKeys(
              "true",
              "false",
              "ABSENT",
              "WRONG_TYPE",
              "NO_VALUE",
              "OVERFLOW",
              "NOT_A_NUMBER",
              "DIVISION_BY_ZERO");
      assertThat(outcomes.get("true")).as("true: %s", outcomes).isGreaterThan(SEEDS / 4);
    }
  }

  @Test
  void valuesOfEveryTypeAreWhatANaiveEvaluatorGives() {
    Seeds.forEach(
        SEEDS,
        random -> {
          Term term = new RandomTerms(random).any(random.nextInt(5));
          Expression expression;
          try {
            expression = Expression.parse(term.source(), MESSAGE, Scalar.DYN);
          } catch (ExpressionException e) {
            return;
          }
          Map<String, Object> message = new RandomMessages(random).next();
          Object value = expression.evaluate(RandomMessages.subject(message));
          assertThat(value)
              .as("%s of %s", term.source(), message)
              .isEqualTo(new NaiveEvaluator(message).evaluate(term));
          assertThat(value instanceof Failure || has(value, expression.type()))
              .as("%s is of type %s", value, expression.type())
              .isTrue();
        });
  }

  @Test
  void whatIsPrintedIsTheSameTreeAgain() {
    Seeds.forEach(
        SEEDS,
        random -> {
          String source = new RandomTerms(random).any(random.nextInt(6)).source();
          if (source.length() > Expression.MAX_LENGTH / 2) {
            return;
          }
          String printed = Printer.print(Parser.parse(source));
          assertThat(shape(printed)).as(printed).isEqualTo(shape(source));
          assertThat(Printer.print(Parser.parse(printed))).isEqualTo(printed);
          assertThat(printed.length()).isLessThanOrEqualTo(source.length() * 2);
        });
  }

  /** The tree without its offsets. */
  private static String shape(String source) {
    return Parser.parse(source).toString().replaceAll("offset=\\d+", "");
  }

  private static boolean has(Object value, Type type) {
    return switch (type) {
      case Type.ListOf ignored -> value instanceof java.util.List;
      case Type.MapOf ignored -> value instanceof Map;
      case Type.Scalar scalar ->
          switch (scalar) {
            case BOOL -> value instanceof Boolean;
            case INT -> value instanceof Long;
            case DOUBLE -> value instanceof Double;
            case STRING -> value instanceof String;
            case NULL -> value == Null.NULL;
            case DYN -> true;
          };
    };
  }
}

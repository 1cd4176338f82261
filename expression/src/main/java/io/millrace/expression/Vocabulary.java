package io.millrace.expression;

import io.millrace.expression.Type.Scalar;
import java.util.Map;

/**
 * The variables that an expression may name.
 *
 * @param variables name to type; names are identifiers and none of the language's own words
 */
public record Vocabulary(Map<String, Type> variables) {
  /** Of one message of a topic. */
  public static final Vocabulary MESSAGE =
      new Vocabulary(
          Map.of(
              "topic", Scalar.STRING,
              "headers", new Type.MapOf(Scalar.STRING),
              "payload", Scalar.DYN,
              "time", Scalar.INT,
              "contentType", Scalar.STRING,
              "id", Scalar.STRING));

  public Vocabulary {
    variables = Map.copyOf(variables);
  }
}

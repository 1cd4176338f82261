package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Filters come from subscribers and payloads from publishers: both are what strangers send. */
class ExpressionFuzzTest {
  private static final Path CORPUS = Path.of("src/test/resources/fuzz");

  @Test
  void damagedFiltersGiveNothingButTheirOwnException() throws IOException {
    Subject message = ExpressionTest.alarm();
    Fuzz.Outcome outcome =
        Fuzz.of(CORPUS.resolve("filter"))
            .allowing(ExpressionException.class)
            .run(
                bytes -> {
                  Expression filter = Expression.parse(new String(bytes, StandardCharsets.UTF_8));
                  assertThat(Expression.parse(filter.toString())).isEqualTo(filter);
                  assertThat(filter.evaluate(message))
                      .isInstanceOfAny(Boolean.class, Failure.class);
                });
    assertThat(outcome.accepted()).isPositive();
    assertThat(outcome.refused()).isPositive();
  }

  @Test
  void damagedPayloadsGiveAValueOrAFailure() throws IOException {
    Expression filter = Expression.parse("payload.temp > 30 || size(payload.tags) > 1");
    Fuzz.of(CORPUS.resolve("json"))
        .run(
            bytes -> {
              Json json = Json.of(bytes);
              Object value = filter.evaluate(name -> json);
              assertThat(value).isInstanceOfAny(Boolean.class, Failure.class);
            });
  }
}

package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void numbersAreIntsWhereTheyCanBe() {
    assertThat(value("[20, 20.0, 2e1, -0, 9223372036854775807, 9223372036854775808]"))
        .isEqualTo(List.of(20L, 20.0, 20.0, 0L, Long.MAX_VALUE, 0x1p63));
  }

  @Test
  void ofANameThatIsThereTwiceTheLastOneCounts() {
    assertThat(value("{\"a\": 1, \"a\": 2}")).isEqualTo(Map.of("a", 2L));
  }

  @Test
  void isParsedOnce() {
    Json json = Json.of("{\"a\": 1}".getBytes(StandardCharsets.UTF_8));
    assertThat(json.value()).isSameAs(json.value());
  }

  @Test
  void mayBeAPartOfAnArray() {
    assertThat(Json.of("xx[1]xx".getBytes(StandardCharsets.UTF_8), 2, 3).value())
        .isEqualTo(List.of(1L));
  }

  @Test
  void whatIsNotOneWholeValueIsNotJson() {
    for (String text :
        List.of("", " ", "{", "{\"a\": 1", "1 2", "nul", "{'a': 1}", "[1,]", "\"\u0001\"", "NaN")) {
      assertThat(value(text)).as(text).isEqualTo(Failure.NOT_JSON);
    }
    assertThat(Json.of(new byte[] {'"', (byte) 0xC3, '"'}).value()).isEqualTo(Failure.NOT_JSON);
    assertThat(Json.of(new byte[] {0, 0, (byte) 0xFE, (byte) 0xFF, 1}).value())
        .isEqualTo(Failure.NOT_JSON);
  }

  @Test
  void sizeDepthAndDigitsAreLimited() {
    assertThat(value("[".repeat(64) + "]".repeat(64))).isInstanceOf(List.class);
    assertThat(value("[".repeat(65) + "]".repeat(65))).isEqualTo(Failure.TOO_LARGE);
    assertThat(value("\"" + "a".repeat(Json.MAX_BYTES - 2) + "\"")).isInstanceOf(String.class);
    assertThat(value("\"" + "a".repeat(Json.MAX_BYTES - 1) + "\"")).isEqualTo(Failure.TOO_LARGE);
    assertThat(value("1".repeat(1000))).isEqualTo(Failure.TOO_LARGE);
  }

  @Test
  void givesTheValuesThatWereWritten() {
    Seeds.forEach(
        2_000,
        random -> {
          Object payload = new RandomMessages(random).next().getOrDefault("payload", Null.NULL);
          assertThat(value(RandomMessages.json(payload))).isEqualTo(payload);
        });
  }

  private static Object value(String text) {
    return Json.of(text.getBytes(StandardCharsets.UTF_8)).value();
  }
}

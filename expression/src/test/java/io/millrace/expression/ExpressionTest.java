package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What expressions give; the table of the documents has more. */
class ExpressionTest {
  private static final String TYPICAL =
      "payload.temp > 30 && headers['ce-type'] == 'com.acme.alarm'"
          + " && (payload.site in ['a', 'b'] || topic.startsWith('plant/7/'))";

  @Test
  void anErrorIsNoMatchAndSaysWhy() {
    Expression filter = Expression.parse("payload.temp > 30");
    assertThat(filter.test(message("{\"temp\": 31}"))).isEqualTo(Verdict.MATCH);
    assertThat(filter.test(message("{\"temp\": 30}"))).isEqualTo(Verdict.NO_MATCH);
    assertThat(filter.test(message("{}"))).isEqualTo(Verdict.ERROR);
    assertThat(filter.evaluate(message("{}"))).isEqualTo(Failure.ABSENT);
    assertThat(filter.evaluate(message("{\"temp\": \"hot\"}"))).isEqualTo(Failure.WRONG_TYPE);
    assertThat(filter.evaluate(message("hot"))).isEqualTo(Failure.NOT_JSON);
    assertThat(filter.evaluate(message("[1]"))).isEqualTo(Failure.WRONG_TYPE);
    assertThat(Expression.parse("payload.temp").evaluate(message("{\"temp\": 1}")))
        .isEqualTo(Failure.WRONG_TYPE);
  }

  @Test
  void andAndOrGoWithoutAnErrorWhereTheOtherDecides() {
    Subject message = message("{}");
    assertThat(Expression.parse("payload.a == 1 || topic == 't'").test(message))
        .isEqualTo(Verdict.MATCH);
    assertThat(Expression.parse("topic == 't' || payload.a == 1").test(message))
        .isEqualTo(Verdict.MATCH);
    assertThat(Expression.parse("payload.a == 1 && topic == 'x'").test(message))
        .isEqualTo(Verdict.NO_MATCH);
    assertThat(Expression.parse("payload.a == 1 && topic == 't'").test(message))
        .isEqualTo(Verdict.ERROR);
    assertThat(Expression.parse("payload.a == 1 || topic == 'x'").test(message))
        .isEqualTo(Verdict.ERROR);
    assertThat(Expression.parse("has(payload.a) ? payload.a == 1 : true").test(message))
        .isEqualTo(Verdict.MATCH);
  }

  @Test
  void aVariableWithoutAValueIsAnError() {
    Subject none = name -> null;
    assertThat(Expression.parse("contentType == 'a'").evaluate(none)).isEqualTo(Failure.NO_VALUE);
  }

  @Test
  void aValueOfAnotherTypeThanTheVocabularySaysIsTheCallersMistake() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Expression.parse("topic == 'a'").test(name -> 1L))
        .withMessageContaining("topic is no string");
  }

  @Test
  void thePayloadIsNotParsedWhereNobodyAsks() {
    AtomicInteger asked = new AtomicInteger();
    Subject message =
        name -> {
          asked.addAndGet(name.equals("payload") ? 1 : 0);
          return message("{}").value(name);
        };
    assertThat(Expression.parse("topic == 'x' && payload.a == 1").test(message))
        .isEqualTo(Verdict.NO_MATCH);
    assertThat(asked).hasValue(0);
  }

  @Test
  void rulesHaveVariablesAndTypesOfTheirOwn() {
    Vocabulary window =
        new Vocabulary(Map.of("count", Type.Scalar.INT, "mean", Type.Scalar.DOUBLE));
    Expression sum = Expression.parse("double(count) * mean", window, Type.Scalar.DYN);
    assertThat(sum.type()).isEqualTo(Type.Scalar.DOUBLE);
    assertThat(sum.evaluate(name -> name.equals("count") ? 4L : (Object) 2.5)).isEqualTo(10.0);
  }

  @Test
  void aLongPartIsFoundWhereverItIs() {
    String part = "ab".repeat(40) + "c";
    Expression filter = Expression.parse("topic.contains('" + part + "')");
    for (int before = 0; before < 90; before++) {
      String text = "ab".repeat(before) + "a" + part.substring(1) + "abab";
      assertThat(filter.test(topic(text))).isEqualTo(Verdict.MATCH);
      assertThat(filter.test(topic("ab".repeat(before) + part.substring(0, 80))))
          .isEqualTo(Verdict.NO_MATCH);
    }
  }

  @Test
  void stringsOfAPayloadThatAreHardToSearchTakeNoLonger() {
    String half = "a".repeat(Json.MAX_BYTES / 2 - 100);
    Subject message =
        message("{\"a\":\"" + half + "\",\"b\":\"" + half.substring(half.length() / 2) + "b\"}");
    Expression filter = Expression.parse("false" + " || payload.a.contains(payload.b)".repeat(35));
    assertThat(filter.test(message)).isEqualTo(Verdict.NO_MATCH);
    long began = cpu();
    assertThat(filter.test(message)).isEqualTo(Verdict.NO_MATCH);
    // Trying at every place would be 150 thousand million comparisons.
    assertThat(cpu() - began).isLessThan(2_000_000_000L);
  }

  @Test
  void whatPlusPutsTogetherIsBounded() {
    Subject message = message("\"" + "a".repeat(60_000) + "\"");
    assertThat(Expression.parse("payload + payload == ''").evaluate(message))
        .isEqualTo(Failure.TOO_LARGE);
  }

  @Test
  void aTypicalFilterAllocatesNothingOnceThePayloadIsParsed() {
    Expression filter = Expression.parse(TYPICAL);
    Subject message = alarm();
    int matches = 0;
    for (int i = 0; i < 10_000; i++) {
      matches += filter.test(message) == Verdict.MATCH ? 1 : 0;
    }
    assertThat(matches).isEqualTo(10_000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      matches += filter.test(message) == Verdict.MATCH ? 1 : 0;
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000 * 8L);
  }

  static Subject alarm() {
    Map<String, Object> values =
        Map.of(
            "topic", "plant/7/line/3",
            "headers", Map.of("ce-type", "com.acme.alarm", "ce-id", "17"),
            "payload",
                Json.of(
                    "{\"temp\": 31.5, \"site\": \"c\", \"tags\": [1, 2, 3]}"
                        .getBytes(StandardCharsets.UTF_8)));
    return values::get;
  }

  private static Subject topic(String topic) {
    return name -> name.equals("topic") ? topic : null;
  }

  private static Subject message(String payload) {
    Json json = Json.of(payload.getBytes(StandardCharsets.UTF_8));
    return name ->
        switch (name) {
          case "topic" -> "t";
          case "headers" -> Map.of();
          case "payload" -> json;
          default -> List.of();
        };
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}

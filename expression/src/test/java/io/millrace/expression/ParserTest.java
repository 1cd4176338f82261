package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is of the language, and in which words the rest is refused. */
class ParserTest {
  @Test
  void takesTheFilterOfTheDocuments() {
    String filter =
        "payload.temp > 30 && headers['ce_type'] == 'com.acme.alarm'"
            + " && (payload.site in ['a', 'b'] || topic.startsWith('plant/7/'))";
    assertThat(Expression.parse(filter)).hasToString(filter);
  }

  @Test
  void operatorsBindAsInCel() {
    assertThat(printed("((1 + (2 * 3)) == 7) || (!(true) && (false || true))"))
        .isEqualTo("1 + 2 * 3 == 7 || !true && (false || true)");
    assertThat(printed("8 - 4 - 2 == 8 - (4 - 2)")).isEqualTo("8 - 4 - 2 == 8 - (4 - 2)");
    assertThat(printed("true ? false : true ? false : true"))
        .isEqualTo("true ? false : true ? false : true");
    assertThat(printed("(true ? false : true) ? false : true"))
        .isEqualTo("(true ? false : true) ? false : true");
    assertThat(printed("!!has(payload.a.b)")).isEqualTo("!!has(payload.a.b)");
    assertThat(printed("- payload.a < -1")).isEqualTo("-payload.a < -1");
  }

  @Test
  void literalsAreWrittenAsInCel() {
    assertThat(printed("time == 0x1F")).isEqualTo("time == 31");
    assertThat(printed("time == -9223372036854775808")).isEqualTo("time == -9223372036854775808");
    assertThat(printed("payload.x == .5e1")).isEqualTo("payload.x == 5.0");
    assertThat(printed("topic == \"it's\\x41\\101\\u00e9\\U0001F600\\n\""))
        .isEqualTo("topic == 'it\\'sAAé\uD83D\uDE00\\n'");
    assertThat(printed("topic in ['a', 'b',] // one of two\n")).isEqualTo("topic in ['a', 'b']");
  }

  @Test
  void spacesAndNeedlessBracketsMakeNoOtherExpression() {
    assertThat(Expression.parse(" ( time>3 )")).isEqualTo(Expression.parse("time > 3"));
    assertThat(Expression.parse("time > 3")).isNotEqualTo(Expression.parse("time > 4"));
  }

  @Test
  void whatIsMissingIsNamedWithItsPlace() {
    refused("topic.startsWith('a'").hasMessage("expected ',' or ')' at 20, found the end");
    refused("(time > 3 || true").hasMessage("expected ')' at 17, found the end");
    refused("time > ").hasMessage("expected a value at 7, found the end");
    refused("time > 3 time").hasMessage("expected an operator or the end at 9, found 'time'");
    refused("topic == 'abc").hasMessage("expected ' at 13, which ends the string that begins at 9");
    refused("").hasMessage("expected a value at 0, found the end");
    refused("payload. == 1").hasMessage("expected the name of a field at 9, found '=='");
    assertThatExceptionOfType(ExpressionException.class)
        .isThrownBy(() -> Expression.parse("time > "))
        .satisfies(e -> assertThat(e.offset()).isEqualTo(7));
  }

  @Test
  void wrongWordsGetTheNearestRightOne() {
    refused("topic.startswith('a')")
        .hasMessage("unknown function 'startswith' at 6; did you mean 'startsWith'?");
    refused("topik == 'a'").hasMessage("unknown variable 'topik' at 0; did you mean 'topic'?");
    refused("$ == 1").hasMessage("unexpected '$' at 0; texts stand in quotes");
    refused("temperature > 3")
        .hasMessage(
            "unknown variable 'temperature' at 0;"
                + " there are contentType, headers, id, payload, time, topic");
  }

  @Test
  void operatorsOfOtherLanguagesGetCels() {
    refused("time = 3").hasMessage("unexpected '=' at 5; equality is written as '=='");
    refused("true & true").hasMessage("unexpected '&' at 5; 'and' is written as '&&'");
    refused("true | true").hasMessage("unexpected '|' at 5; 'or' is written as '||'");
  }

  @Test
  void whatCelHasAndThisLanguageHasNotIsSaid() {
    refused("topic.matches('a+')")
        .hasMessage(
            "'matches' is not part of this language at 6;"
                + " use startsWith, endsWith and contains, whose time is bounded");
    refused("payload.l.exists(x, x > 1)").hasMessageContaining("'exists' is not part of this");
    refused("time > 3u").hasMessageContaining("unsigned numbers are not part");
    refused("topic == r'a'").hasMessageContaining("strings with a letter before them");
    refused("topic == '''a'''").hasMessageContaining("strings in three quotes");
    refused("{'a': 1} == payload").hasMessageContaining("maps can't be written down");
    refused("has(payload['a'])").hasMessageContaining("has() takes a field");
    refused("if == 1").hasMessage("'if' is a reserved word at 0");
    refused("topic.size(1) > 1").hasMessage("size() takes nothing in its brackets, found 1 at 6");
    refused("startsWith(topic, 'a')")
        .hasMessage("'startsWith' follows a dot at 0; write topic.startsWith('x')");
  }

  @Test
  void badNumbersAndEscapesAreRefused() {
    refused("time > 9223372036854775808").hasMessageContaining("does not fit into 64 bits at 7");
    refused("payload.x > 1e999").hasMessageContaining("does not fit into 64 bits");
    refused("payload.x > 30C")
        .hasMessage("a number ends where 'C' begins at 14; put texts into quotes");
    refused("topic == '\\d'").hasMessageContaining("unknown escape sequence at 10");
    refused("topic == '\\uD83D'").hasMessageContaining("no character at 10");
    refused("topic == '\\x1'").hasMessageContaining("should have 2 digits at 10");
  }

  @Test
  void whatCanBeTrueOfNoMessageIsRefused() {
    refused("topic > 3").hasMessage("'>' is not defined for string and int at 6");
    refused("topic == 3").hasMessage("'==' is not defined for string and int at 6");
    refused("time + 1.5 > 2.0")
        .hasMessage(
            "'+' is not defined for int and double at 5;"
                + " write double(…) around the int, or '.0' after it");
    refused("topic && true")
        .hasMessage("'&&' takes a value of type bool, found one of type string at 0");
    refused("topic.temp > 3").hasMessage("no fields in a value of type string at 6");
    refused("headers[1] == 'a'")
        .hasMessage("the key takes a value of type string, found one of type int at 7");
    refused("topic in [1, 2]").hasMessageContaining("'in' is not defined for string and list(int)");
    refused("'a' in topic").hasMessageContaining("'in' is not defined for string and string");
    refused("time.startsWith('1')")
        .hasMessageContaining("startsWith() takes a value of type string");
    refused("size(time) > 1").hasMessage("size() is not defined for int at 0");
    refused("time + 1")
        .hasMessage("expected what is true or false, found a value of type int at 5");
    refused("!time").hasMessageContaining("'!' takes a value of type bool");
    refused("(true ? 1 : 'a') == 1").hasMessageContaining("':' is not defined for int and string");
    refused("topic == null").hasMessageContaining("'==' is not defined for string and null");
  }

  @Test
  void lengthDepthNumberAndWorkAreLimited() {
    refused(" ".repeat(Expression.MAX_LENGTH + 1))
        .hasMessageContaining("longer than 4096 characters");
    refused("(".repeat(2000) + "true" + ")".repeat(2000))
        .hasMessageContaining("nested more than 64 deep");
    refused("!".repeat(2000) + "true").hasMessageContaining("nested more than 64 deep");
    refused("-".repeat(2000) + "time").hasMessageContaining("nested more than 64 deep");
    refused("payload" + ".a".repeat(64) + " == 1").hasMessageContaining("nested more than 64 deep");
    refused("time in [" + "1,".repeat(1001) + "]").hasMessageContaining("more than 1000 values");
    refused("true" + " && payload.a.contains('x')".repeat(50))
        .hasMessageContaining("too much work");
    assertThat(Expression.parse("true" + " && payload.a == 'x'".repeat(150))).isNotNull();
    assertThat(Expression.parse("true" + " && payload.a.contains('x')".repeat(40))).isNotNull();
    assertThat(Expression.parse("(".repeat(60) + "true" + ")".repeat(60))).hasToString("true");
  }

  private static String printed(String source) {
    return Expression.parse(source).toString();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(String source) {
    return assertThatThrownBy(() -> Expression.parse(source))
        .isInstanceOf(ExpressionException.class);
  }
}

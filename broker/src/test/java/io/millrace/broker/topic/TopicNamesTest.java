package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "/",
        "//",
        "/a",
        "a/",
        "a//b",
        "$SYS/broker",
        "a b",
        "Straße/日本/😀",
        "\uFEFFa",
        "sport/tennis/player1"
      })
  void pathsAreAsInMqttWithEmptyLevelsAndSpaces(String path) {
    assertThat(TopicNames.pathProblem(path)).isEmpty();
    assertThat(TopicNames.filterProblem(path)).isEmpty();
  }

  @Test
  void aPathIsNotEmpty() {
    assertThat(TopicNames.pathProblem("")).contains("a topic's path is empty");
    assertThat(TopicNames.filterProblem("")).contains("a filter's path is empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000",
        "a\u0001",
        "a/\u001f/b",
        "a\u007f",
        "\u0080",
        "\u009f",
        "\ufdd0",
        "\ufdef",
        "\uffff",
        "\ufffe",
        "\ud83d\udfff",
        "\ud83f\udffe",
        "\udbff\udfff",
        "\ud83d",
        "a\ude00",
        "\ude00\ud83d",
        "\ud83da"
      })
  void controlsSurrogatesAndNonCharactersAreRefusedAndNamed(String path) {
    boolean fine = path.equals("\ud83d\udfff");
    assertThat(TopicNames.pathProblem(path).isEmpty()).isEqualTo(fine);
    assertThat(TopicNames.filterProblem(path).isEmpty()).isEqualTo(fine);
    TopicNames.pathProblem(path)
        .ifPresent(
            problem ->
                assertThat(problem)
                    .matches("a topic's path may not have U\\+[0-9A-F]{4,6}, as at \\d"));
  }

  /** MQTT 5, 4.7.1: wildcards are for filters only. */
  @ParameterizedTest
  @ValueSource(strings = {"+", "#", "a/+", "a/#", "a+b", "a#"})
  void aTopicHasNoWildcard(String path) {
    assertThat(TopicNames.pathProblem(path).orElseThrow())
        .matches("a topic's path has no '[+#]', not '.*'");
  }

  /** MQTT 5, 4.7.1.2 and 4.7.1.3, the examples of both. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sport/tennis/player1/#",
        "sport/#",
        "#",
        "sport/tennis/#",
        "+",
        "+/tennis/#",
        "sport/+/player1",
        "/+",
        "+/+",
        "+/",
        "/#",
        "+//+",
        "$SYS/#",
        "a/+/"
      })
  void wildcardsFillTheirLevel(String path) {
    assertThat(TopicNames.filterProblem(path)).isEmpty();
  }

  /** MQTT 5, 4.7.1.2 and 4.7.1.3: what their examples call not valid, and more of that kind. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sport/tennis#",
        "sport/tennis/#/ranking",
        "sport+",
        "##",
        "#/",
        "+a",
        "a/++",
        "a/b+/c",
        "+#",
        "#+",
        "/#/"
      })
  void wildcardsElsewhereAreRefused(String path) {
    assertThat(TopicNames.filterProblem(path).orElseThrow())
        .matches("a filter's path has '[+#]' only as (its whole last|a whole) level, not '.*'");
  }

  @Test
  void aPathHasAtMost1024BytesHoweverTheyAreMadeUp() {
    for (String letter : new String[] {"a", "ä", "日", "😀"}) {
      int size = letter.getBytes(StandardCharsets.UTF_8).length;
      String most = "x".repeat(1_024 % size) + letter.repeat(1_024 / size);
      assertThat(most.getBytes(StandardCharsets.UTF_8)).hasSize(1_024);
      assertThat(TopicNames.pathProblem(most)).isEmpty();
      assertThat(TopicNames.pathProblem(most + "x"))
          .contains("a topic's path has at most 1024 bytes of UTF-8");
    }
  }

  @Test
  void aPathHasAtMost32Levels() {
    assertThat(TopicNames.pathProblem("/".repeat(31))).isEmpty();
    assertThat(TopicNames.filterProblem("+/".repeat(31) + "#")).isEmpty();
    assertThat(TopicNames.pathProblem("/".repeat(32)))
        .contains("a topic's path has at most 32 levels, not 33");
    assertThat(TopicNames.filterProblem("+/".repeat(32) + "#"))
        .contains("a filter's path has at most 32 levels, not 33");
  }
}

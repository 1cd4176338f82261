package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.Parsed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topics and filters as values; matching with the examples of MQTT 5 section 4.7. */
class TopicFilterTest {
  @Test
  void aTopicIsReadAndWrittenAsOneText() {
    assertThat(Topic.parse("public/a/b")).isEqualTo(new Parsed.Value<>(new Topic("public", "a/b")));
    assertThat(Topic.parse("public//a/")).isEqualTo(new Parsed.Value<>(new Topic("public", "/a/")));
    assertThat(new Topic("public", "a/b")).hasToString("public/a/b");
    assertThat(new TopicFilter("public", "+/b/#")).hasToString("public/+/b/#");
  }

  @Test
  void textsThatAreNoTopicsAreRefusedWithWords() {
    assertThat(Topic.parse("public"))
        .isEqualTo(new Parsed.Refused<>("a topic is written namespace/path, not 'public'"));
    assertThat(Topic.parse("public/")).isEqualTo(new Parsed.Refused<>("a topic's path is empty"));
    assertThat(Topic.parse("/a")).isInstanceOf(Parsed.Refused.class);
    assertThat(Topic.parse("Public/a")).isInstanceOf(Parsed.Refused.class);
    assertThat(Topic.parse("public/a/+")).isInstanceOf(Parsed.Refused.class);
    assertThatThrownBy(() -> new Topic("public", "a/#"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no '#'");
  }

  @Test
  void aFiltersNamespaceIsLiteral() {
    assertThat(TopicFilter.parse("public/#"))
        .isEqualTo(new Parsed.Value<>(new TopicFilter("public", "#")));
    assertThat(TopicFilter.parse("+/a")).isInstanceOf(Parsed.Refused.class);
    assertThat(TopicFilter.parse("#"))
        .isEqualTo(new Parsed.Refused<>("a filter is written namespace/path, not '#'"));
    assertThat(TopicFilter.parse("public")).isInstanceOf(Parsed.Refused.class);
    assertThatThrownBy(() -> new TopicFilter("public", "a#"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anExactFilterHasNoWildcard() {
    assertThat(new TopicFilter("n", "a/b").isExact()).isTrue();
    assertThat(new TopicFilter("n", "a/+").isExact()).isFalse();
    assertThat(new TopicFilter("n", "#").isExact()).isFalse();
  }

  @Test
  void aTopicOfAnotherNamespaceDoesNotMatch() {
    TopicFilter filter = new TopicFilter("n", "#");
    assertThat(filter.matches(new Topic("n", "a"))).isTrue();
    assertThat(filter.matches(new Topic("m", "a"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    // 4.7.1.2
    "sport/tennis/player1/#, sport/tennis/player1, true",
    "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
    "sport/tennis/player1/#, sport/tennis/player10, false",
    "sport/#, sport, true",
    "#, sport/tennis, true",
    "#, /, true",
    // 4.7.1.3
    "sport/tennis/+, sport/tennis/player1, true",
    "sport/tennis/+, sport/tennis/player2, true",
    "sport/tennis/+, sport/tennis/player1/ranking, false",
    "sport/+, sport, false",
    "sport/+, sport/, true",
    "+/+, /finance, true",
    "/+, /finance, true",
    "+, /finance, false",
    "+/tennis/#, sport/tennis, true",
    "+/tennis/#, sport/tennis/a/b, true",
    "sport/+/player1, sport/tennis/player1, true",
    "sport/+/player1, sport/tennis/x/player1, false",
    // 4.7.2
    "#, $SYS/monitor/Clients, false",
    "+/monitor/Clients, $SYS/monitor/Clients, false",
    "+, $SYS, false",
    "$SYS/#, $SYS/monitor/Clients, true",
    "$SYS/#, $SYS, true",
    "$SYS/monitor/+, $SYS/monitor/Clients, true",
    "a/+, a/$b, true",
    "a/#, a/$b, true",
    // 4.7.3: case counts, a slash makes a topic of its own
    "ACCOUNTS, Accounts, false",
    "a, /a, false",
    "a, a/, false",
    "a/, a, false",
    "a//b, a//b, true",
    "a/+/b, a//b, true",
    "+/#, a, true",
    "+/#, /, true",
    "+/+/#, a, false",
    "a/b, a/bc, false",
    "a/bc, a/b, false"
  })
  void matchesAsMqttSays(String filter, String path, boolean matches) {
    assertThat(new TopicFilter("n", filter).matches(path)).isEqualTo(matches);
    TopicTree<String> tree = new TopicTree<>();
    tree.add(new TopicFilter("n", filter), "s");
    assertThat(tree.match(path, s -> {})).isEqualTo(matches ? 1 : 0);
  }
}

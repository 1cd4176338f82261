package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopicPatternTest {
  @Test
  void aPatternCoversItsTopicsAndFiltersThatMatchNoOthers() {
    assertThat(covers("ns/a/#", "ns", "a/b/c")).isTrue();
    assertThat(covers("ns/a/#", "ns", "a")).isTrue();
    assertThat(covers("ns/a/#", "ns", "a/+/#")).isTrue();
    assertThat(covers("ns/a/#", "ns", "+/b")).isFalse();
    assertThat(covers("ns/a/#", "ns", "#")).isFalse();
    assertThat(covers("ns/+/b", "ns", "a/b")).isTrue();
    assertThat(covers("ns/+/b", "ns", "a/+")).isFalse();
    assertThat(covers("ns/+", "ns", "#")).isFalse();
    assertThat(covers("ns/+/#", "ns", "#")).as("no topic has no level").isTrue();
    assertThat(covers("ns/a", "ns", "ab")).isFalse();
    assertThat(covers("ns/a", "ns", "a/")).as("a level more, if an empty one").isFalse();
    assertThat(covers("ns/a", "other", "a")).isFalse();
    assertThat(covers("ns/#", "ns", "$device/state")).as("all of a namespace").isTrue();
  }

  @Test
  void theHashAloneIsEveryNamespaceButThePlatformsOwn() {
    assertThat(covers("#", "anything", "a/b")).isTrue();
    assertThat(covers("#", "anything", "#")).isTrue();
    assertThat(covers("#", "sys", "live/cam1")).isFalse();
    assertThat(covers("sys/#", "sys", "live/cam1")).isTrue();
  }

  @Test
  void saysWhatIsWrongWithAPattern() {
    assertThat(TopicPattern.problem("ns")).get().asString().contains("namespace/path");
    assertThat(TopicPattern.problem("+/a")).get().asString().contains("namespace's name");
    assertThat(TopicPattern.problem("Ns/a")).get().asString().contains("'Ns'");
    assertThat(TopicPattern.problem("ns/")).get().asString().contains("is empty");
    assertThat(TopicPattern.problem("ns/a#")).get().asString().contains("whole last level");
    assertThat(TopicPattern.problem("ns/#/a")).get().asString().contains("whole last level");
    assertThat(TopicPattern.problem("ns/a+/b")).get().asString().contains("whole level");
    assertThat(TopicPattern.problem("ns/a\u0000b")).get().asString().contains("control");
    assertThat(TopicPattern.problem("ns/" + "a".repeat(1025))).isPresent();
    assertThat(TopicPattern.problem("ns/" + "a/".repeat(32))).isPresent();
    assertThat(TopicPattern.parse("ns/#/a")).isEmpty();
    assertThatThrownBy(() -> new TopicPattern("ns", "a#"))
        .isInstanceOf(IllegalArgumentException.class);
    for (String text : List.of("#", "ns/#", "a-1/+/b//#", "ns//", "ns/$x")) {
      assertThat(TopicPattern.parse(text).map(TopicPattern::toString)).contains(text);
    }
  }

  @Test
  void whatMaySubscribeMayReadHistoryUnlessItSaysOtherwise() {
    TopicCapabilities without = read(Map.of("subscribe", List.of("ns/#")));
    TopicCapabilities none = read(Map.of("subscribe", List.of("ns/#"), "history", List.of()));

    assertThat(without.allow(TopicOperation.HISTORY, "ns", "a")).isTrue();
    assertThat(without.allow(TopicOperation.PUBLISH, "ns", "a")).isFalse();
    assertThat(none.allow(TopicOperation.SUBSCRIBE, "ns", "a")).isTrue();
    assertThat(none.allow(TopicOperation.HISTORY, "ns", "a")).isFalse();
    assertThat(TopicCapabilities.NONE.isEmpty()).isTrue();
  }

  @Test
  void capabilitiesThatCannotBeUsedGrantNothingAndAreTold() {
    List<String> problems = new ArrayList<>();
    TopicCapabilities read =
        TopicCapabilities.read(
            Map.of(
                "publish", List.of("ns/a", 7, "no-path"),
                "subscribe", "ns/#",
                "history", java.util.Collections.nCopies(201, "ns/a"),
                "publsih", List.of("ns/b")),
            (field, problem) -> problems.add(field));

    assertThat(read)
        .isEqualTo(TopicCapabilities.of(List.of("ns/a"), List.of(), Optional.of(List.of())));
    assertThat(problems)
        .containsExactlyInAnyOrder("publish", "publish", "subscribe", "history", "publsih");
  }

  private static TopicCapabilities read(Map<String, Object> json) {
    return TopicCapabilities.read(
        json,
        (field, problem) -> {
          throw new AssertionError(field + " " + problem);
        });
  }

  private static boolean covers(String pattern, String namespace, String path) {
    return TopicPattern.parse(pattern).orElseThrow().covers(namespace, path);
  }
}

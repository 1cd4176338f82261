package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topic.TopicFilter;
import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FilterOverlapPropertyTest {
  private static final List<String> TOPICS = topics("", 4);

  private static List<String> topics(String before, int levels) {
    List<String> topics = new ArrayList<>();
    for (String level : List.of("a", "b", "c")) {
      String topic = before.isEmpty() ? level : before + "/" + level;
      topics.add(topic);
      if (levels > 1) {
        topics.addAll(topics(topic, levels - 1));
      }
    }
    return topics;
  }

  private static TopicFilter filter(RandomGenerator random) {
    int levels = 1 + random.nextInt(3);
    List<String> path = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      path.add(List.of("a", "b", "+").get(random.nextInt(3)));
    }
    if (random.nextInt(3) == 0) {
      path.add("#");
    }
    return new TopicFilter("n", String.join("/", path));
  }

  @Test
  void filtersOverlapWhereATopicMatchesBoth() {
    Seeds.forEach(
        500,
        random -> {
          TopicFilter one = filter(random);
          TopicFilter other = filter(random);
          boolean expected =
              TOPICS.stream().anyMatch(topic -> one.matches(topic) && other.matches(topic));
          assertThat(FilterOverlap.of(FilterOverlap.levels(one), FilterOverlap.levels(other)))
              .as(one + " " + other)
              .isEqualTo(expected);
        });
  }

  @Test
  void filtersOfTwoNamespacesDoNotOverlap() {
    assertThat(
            FilterOverlap.of(
                FilterOverlap.levels(new TopicFilter("m", "#")),
                FilterOverlap.levels(new TopicFilter("n", "#"))))
        .isFalse();
  }
}

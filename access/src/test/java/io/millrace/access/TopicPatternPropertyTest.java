package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Access decisions equal a table: that of every topic of a small world, each held against patterns
 * and filters level by level.
 */
class TopicPatternPropertyTest {
  /** No pattern or filter names the last two: they stand for every other level there is. */
  private static final List<String> LEVELS = List.of("a", "b", "", "$x", "other", "$other");

  private static final int NAMED = 4;
  private static final int MOST_LEVELS = 3;

  /** One level more than any pattern or filter has. */
  private static final List<List<String>> WORLD = topics(MOST_LEVELS + 1);

  @Test
  void aPatternCoversAFilterExactlyWhenItMatchesAllThatTheFilterMatches() {
    Seeds.forEach(
        3000,
        random -> {
          String pattern = path(random);
          String filter = path(random);
          boolean expected =
              WORLD.stream()
                  .filter(topic -> asFilter(filter, topic))
                  .allMatch(topic -> matches(pattern, topic));

          assertThat(new TopicPattern("ns", pattern).covers("ns", filter))
              .as(pattern + " covers " + filter)
              .isEqualTo(expected);
        });
  }

  @Test
  void aGrantAllowsExactlyTheTopicsOfItsPatterns() {
    Seeds.forEach(
        200,
        random -> {
          Map<TopicOperation, List<TopicPattern>> table = new EnumMap<>(TopicOperation.class);
          for (TopicOperation operation : TopicOperation.values()) {
            List<TopicPattern> patterns = new ArrayList<>();
            for (int n = random.nextInt(4); n > 0; n--) {
              patterns.add(
                  random.nextInt(12) == 0
                      ? TopicPattern.EVERYTHING
                      : new TopicPattern(namespace(random), path(random)));
            }
            table.put(operation, patterns);
          }
          TopicGrant grant =
              new TopicGrant(
                  "default",
                  "test",
                  Optional.<Instant>empty(),
                  Set.of(),
                  new TopicCapabilities(
                      table.get(TopicOperation.PUBLISH),
                      table.get(TopicOperation.SUBSCRIBE),
                      table.get(TopicOperation.HISTORY)),
                  PublishLimits.NONE);
          String namespace = random.nextInt(5) == 0 ? "sys" : namespace(random);
          for (TopicOperation operation : TopicOperation.values()) {
            for (List<String> topic : WORLD) {
              boolean expected =
                  table.get(operation).stream()
                      .anyMatch(
                          pattern ->
                              pattern.equals(TopicPattern.EVERYTHING)
                                  ? !namespace.equals("sys")
                                  : pattern.namespace().equals(namespace)
                                      && matches(pattern.path(), topic));
              assertThat(grant.allows(operation, namespace, String.join("/", topic)))
                  .as(operation + " " + topic + " by " + table)
                  .isEqualTo(expected);
            }
          }
        });
  }

  /** MQTT 5 section 4.7.2: a wildcard in the first place of a filter matches no {@code $}. */
  private static boolean asFilter(String filter, List<String> topic) {
    boolean hidden =
        topic.getFirst().startsWith("$") && (filter.startsWith("+") || filter.startsWith("#"));
    return !hidden && matches(filter, topic);
  }

  private static boolean matches(String pattern, List<String> topic) {
    return matches(List.of(pattern.split("/", -1)), topic);
  }

  private static boolean matches(List<String> pattern, List<String> topic) {
    if (pattern.isEmpty()) {
      return topic.isEmpty();
    }
    String first = pattern.getFirst();
    if (first.equals("#")) {
      return true;
    }
    return !topic.isEmpty()
        && (first.equals("+") || first.equals(topic.getFirst()))
        && matches(rest(pattern), rest(topic));
  }

  private static List<String> rest(List<String> levels) {
    return levels.subList(1, levels.size());
  }

  private static String namespace(RandomGenerator random) {
    return random.nextBoolean() ? "ns" : "other-ns";
  }

  private static String path(RandomGenerator random) {
    while (true) {
      List<String> levels = new ArrayList<>();
      for (int n = 1 + random.nextInt(MOST_LEVELS); n > 0; n--) {
        int choice = random.nextInt(NAMED + 3);
        levels.add(choice < NAMED ? LEVELS.get(choice) : choice == NAMED && n == 1 ? "#" : "+");
      }
      String path = String.join("/", levels);
      if (!path.isEmpty()) {
        return path;
      }
    }
  }

  private static List<List<String>> topics(int most) {
    List<List<String>> all = new ArrayList<>();
    List<List<String>> longest = List.of(List.of());
    for (int n = 0; n < most; n++) {
      List<List<String>> longer = new ArrayList<>();
      for (List<String> topic : longest) {
        for (String level : LEVELS) {
          List<String> next = new ArrayList<>(topic);
          next.add(level);
          longer.add(next);
        }
      }
      longest = longer;
      all.addAll(longer);
    }
    // A topic has a name.
    all.removeIf(topic -> String.join("/", topic).isEmpty());
    return all;
  }
}

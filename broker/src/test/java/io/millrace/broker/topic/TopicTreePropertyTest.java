package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The tree against a list of subscriptions that is searched from end to end. */
class TopicTreePropertyTest {
  private static final List<String> LEVELS = List.of("a", "b", "", "$s", "Aa", "BB", "日");

  private record Subscription(TopicFilter filter, int subscriber) {}

  @Test
  void findsWhatAListOfAllSubscriptionsFinds() {
    Seeds.forEach(200, random -> check(random, 300, 4));
  }

  @Test
  void findsTheSameInDeepTrees() {
    Seeds.forEach(20, random -> check(random, 300, TopicNames.MAX_LEVELS));
  }

  private static void check(RandomGenerator random, int steps, int depth) {
    List<Subscription> list = new ArrayList<>();
    TopicTree<Integer> tree = new TopicTree<>();
    int adding = 20 + random.nextInt(70);
    for (int step = 0; step < steps; step++) {
      if (list.isEmpty() || random.nextInt(100) < adding) {
        TopicFilter filter =
            list.isEmpty() || random.nextInt(3) > 0
                ? new TopicFilter("n", filter(random, depth))
                : list.get(random.nextInt(list.size())).filter();
        Subscription added = new Subscription(filter, random.nextInt(30));
        assertThat(tree.add(filter, added.subscriber())).isEqualTo(!list.contains(added));
        if (!list.contains(added)) {
          list.add(added);
        }
      } else if (random.nextInt(4) > 0) {
        Subscription removed = list.remove(random.nextInt(list.size()));
        assertThat(tree.remove(removed.filter(), removed.subscriber())).isTrue();
      } else {
        Subscription removed =
            new Subscription(new TopicFilter("n", filter(random, depth)), random.nextInt(30));
        assertThat(tree.remove(removed.filter(), removed.subscriber()))
            .isEqualTo(list.remove(removed));
      }
      String path = path(random, depth);
      List<Integer> told = new ArrayList<>();
      tree.match(path, told::add);
      told.sort(null);
      assertThat(told)
          .as("'%s' among %s", path, list)
          .isEqualTo(
              list.stream()
                  .filter(subscription -> naive(subscription.filter().path(), path))
                  .map(Subscription::subscriber)
                  .sorted()
                  .toList());
      assertThat(tree.size()).isEqualTo(list.size());
      if (step % 20 == 0) {
        assertThat(tree.filters())
            .isEqualTo((int) list.stream().map(Subscription::filter).distinct().count());
        assertThat(tree.nodes()).isEqualTo(nodes(list));
      }
    }
    for (Subscription left : list) {
      assertThat(tree.remove(left.filter(), left.subscriber())).isTrue();
    }
    assertThat(tree.nodes()).isZero();
    assertThat(tree.filters()).isZero();
    assertThat(tree.isEmpty()).isTrue();
  }

  /** MQTT 5 section 4.7, level by level. */
  private static boolean naive(String filter, String path) {
    String[] wanted = filter.split("/", -1);
    String[] levels = path.split("/", -1);
    boolean startsWild = wanted[0].equals("+") || wanted[0].equals("#");
    if (startsWild && path.startsWith("$")) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("#")) {
        return true;
      }
      if (i == levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) {
        return false;
      }
    }
    return wanted.length == levels.length;
  }

  /** The different beginnings of the filters with wildcards. */
  private static int nodes(List<Subscription> list) {
    Set<String> beginnings = new TreeSet<>();
    for (Subscription subscription : list) {
      if (!subscription.filter().isExact()) {
        String beginning = "";
        for (String level : subscription.filter().path().split("/", -1)) {
          if (!level.equals("#")) {
            beginning += level + "/";
            beginnings.add(beginning);
          }
        }
      }
    }
    return beginnings.size();
  }

  private static String filter(RandomGenerator random, int depth) {
    int levels = 1 + random.nextInt(depth);
    List<String> path = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      boolean last = i + 1 == levels;
      path.add(
          random.nextInt(3) == 0
              ? (last && random.nextBoolean() ? "#" : "+")
              : LEVELS.get(random.nextInt(LEVELS.size())));
    }
    String text = String.join("/", path);
    return text.isEmpty() ? "a" : text;
  }

  private static String path(RandomGenerator random, int depth) {
    int levels = 1 + random.nextInt(depth);
    List<String> path = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      path.add(LEVELS.get(random.nextInt(LEVELS.size())));
    }
    return String.join("/", path);
  }
}

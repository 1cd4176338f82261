package io.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TopicTreeTest {
  private final TopicTree<String> tree = new TopicTree<>();

  @Test
  void aSubscriberOfSeveralFiltersIsToldForEach() {
    for (String filter : List.of("a/b", "a/+", "#", "+/b", "a/b/#", "a/c", "+")) {
      tree.add(filter(filter), filter);
    }
    assertThat(match("a/b")).containsExactlyInAnyOrder("a/b", "a/+", "#", "+/b", "a/b/#");
    assertThat(tree.size()).isEqualTo(7);
    assertThat(tree.filters()).isEqualTo(7);
  }

  @Test
  void theSameSubscriptionCountsOnce() {
    assertThat(tree.add(filter("a/+"), "s")).isTrue();
    assertThat(tree.add(filter("a/+"), "s")).isFalse();
    assertThat(tree.add(filter("a/+"), "t")).isTrue();
    assertThat(tree.size()).isEqualTo(2);
    assertThat(tree.filters()).isEqualTo(1);
    assertThat(tree.remove(filter("a/+"), "s")).isTrue();
    assertThat(tree.remove(filter("a/+"), "s")).isFalse();
    assertThat(tree.remove(filter("b/+"), "t")).isFalse();
    assertThat(tree.remove(filter("a/b"), "t")).isFalse();
    assertThat(match("a/x")).containsExactly("t");
  }

  @Test
  void nothingIsLeftOfFiltersThatNobodyHas() {
    tree.add(filter("a/+/c/#"), "s");
    tree.add(filter("a/+/c/+"), "s");
    tree.add(filter("+/+/+"), "s");
    tree.add(filter("a/b/c"), "s");
    assertThat(tree.nodes()).isEqualTo(3 + 1 + 3);
    tree.remove(filter("a/+/c/#"), "s");
    assertThat(tree.nodes()).isEqualTo(3 + 1 + 3);
    tree.remove(filter("a/+/c/+"), "s");
    assertThat(tree.nodes()).isEqualTo(3);
    tree.remove(filter("+/+/+"), "s");
    tree.remove(filter("a/b/c"), "s");
    assertThat(tree.nodes()).isZero();
    assertThat(tree.filters()).isZero();
    assertThat(tree.isEmpty()).isTrue();
  }

  @Test
  void whoIsToldMayChangeTheTreeAndMatchAgain() {
    List<String> told = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tree.add(filter("a/+"), "s" + i);
    }
    int count =
        tree.match(
            "a/b",
            s -> {
              told.add(s);
              tree.remove(filter("a/+"), s);
              tree.add(filter("new/+"), s);
              tree.match("new/x", told::add);
            });
    assertThat(count).isEqualTo(20);
    assertThat(told).hasSize(20 + 20 * 21 / 2);
    assertThat(match("a/b")).isEmpty();
    assertThat(match("new/b")).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void aMatchThatFailsLeavesNothingBehind() {
    tree.add(filter("#"), "s");
    tree.add(filter("a"), "t");
    try {
      tree.match(
          "a",
          s -> {
            throw new IllegalStateException("told " + s);
          });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("told t");
    }
    assertThat(match("a")).containsExactlyInAnyOrder("s", "t");
  }

  /** Records that others wrote may have keys that are no paths of ours. */
  @Test
  void pathsThatAreTooLongConcernOnlyThoseWhoWantAllBelow() {
    tree.add(filter("#"), "all");
    tree.add(filter("a/#"), "below");
    tree.add(filter("+/".repeat(31) + "+"), "plus");
    String most = "a" + "/a".repeat(31);
    assertThat(match(most)).containsExactlyInAnyOrder("all", "below", "plus");
    assertThat(match(most + "/a")).containsExactlyInAnyOrder("all", "below");
    assertThat(match("")).containsExactly("all");
  }

  @Test
  void manySubscribersOfOneFilterComeAndGoInAnyOrder() {
    TopicTree<Integer> many = new TopicTree<>();
    TopicFilter filter = filter("a/+");
    int count = 50_000;
    for (int i = 0; i < count; i++) {
      assertThat(many.add(filter, i)).isTrue();
    }
    assertThat(many.match("a/b", i -> {})).isEqualTo(count);
    for (int i = 0; i < count; i += 2) {
      assertThat(many.remove(filter, i)).isTrue();
    }
    List<Integer> told = new ArrayList<>();
    many.match("a/b", told::add);
    assertThat(told).hasSize(count / 2).doesNotHaveDuplicates().allMatch(i -> i % 2 == 1);
    for (int i = count - 1; i > 0; i -= 2) {
      assertThat(many.remove(filter, i)).isTrue();
    }
    assertThat(many.isEmpty()).isTrue();
    assertThat(many.nodes()).isZero();
  }

  /** Were levels of one hash searched one by one, this would be two thousand million steps. */
  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void levelsThatWereChosenForTheirHashesSlowNobodyDown() {
    int count = 1 << 15;
    for (int i = 0; i < count; i++) {
      tree.add(filter(colliding(i) + "/+"), "s");
      tree.add(filter(colliding(i)), "s");
    }
    for (int i = 0; i < count; i++) {
      assertThat(tree.match(colliding(i) + "/x", s -> {})).isEqualTo(1);
      assertThat(tree.match(colliding(i), s -> {})).isEqualTo(1);
    }
  }

  /** Sixteen times one of two pairs of letters whose hashes are the same. */
  private static String colliding(int bits) {
    StringBuilder level = new StringBuilder(32);
    for (int i = 0; i < 16; i++) {
      level.append(((bits >> i) & 1) == 0 ? "Aa" : "BB");
    }
    return level.toString();
  }

  private List<String> match(String path) {
    List<String> told = new ArrayList<>();
    assertThat(tree.match(path, told::add)).isEqualTo(told.size());
    return told;
  }

  private static TopicFilter filter(String path) {
    return new TopicFilter("n", path);
  }
}

package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {
  @Test
  void runsThePropertyOncePerSeedWithDifferentNumbersEachTime() {
    List<Long> first = new ArrayList<>();
    Seeds.forEach(50, random -> first.add(random.nextLong()));
    assertThat(new HashSet<>(first)).hasSize(50);

    List<Long> again = new ArrayList<>();
    Seeds.forEach(50, random -> again.add(random.nextLong()));
    assertThat(again).isEqualTo(first);
  }

  @Test
  void namesTheSeedThatBrokeTheProperty() {
    List<Integer> runs = new ArrayList<>();
    assertThatThrownBy(
            () ->
                Seeds.forEach(
                    10,
                    random -> {
                      runs.add(random.nextInt());
                      assertThat(runs).hasSizeLessThan(4);
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dmillrace.seed=3");
  }
}

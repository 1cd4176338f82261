package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowTest {
  @Test
  void saysWhetherTheGoalIsMet() {
    assertThat(Row.atMost("start", 1.5, 2, "s", "once"))
        .hasToString("| start | 1.50 s | ≤ 2.00 s | yes | once |");
    assertThat(Row.atMost("start", 2.5, 2, "s", "once").met()).isFalse();
    assertThat(Row.atLeast("ratio", 0.4, 0.5, "×", "once"))
        .hasToString("| ratio | 0.40 × | ≥ 0.50 × | **no** | once |");
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
    assertThat(new Sample(new double[] {4, 1, 3, 2}).median()).isEqualTo(2.5);
    assertThat(new Sample(new double[] {9, 1, 3}).median()).isEqualTo(3);
    assertThat(new Sample(new double[] {9, 1, 3}).spread("s"))
        .isEqualTo("median of 3, 1.00 to 9.00 s");
  }
}

package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AnswerProgressTest {
  private final AnswerProgress progress = new AnswerProgress();

  @Test
  void isStalledWhenNothingMovesForTheWholeLimit() {
    assertThat(progress.isStalled(100, true, 0, 50)).isFalse();
    assertThat(progress.isStalled(100, true, 49, 50)).isFalse();
    assertThat(progress.isStalled(100, true, 50, 50)).isTrue();
  }

  @Test
  void startsAnewWithEachByteAndWheneverNothingWaits() {
    assertThat(progress.isStalled(100, true, 0, 50)).isFalse();
    assertThat(progress.isStalled(101, true, 49, 50)).isFalse();
    assertThat(progress.isStalled(101, true, 98, 50)).isFalse();
    assertThat(progress.isStalled(101, false, 99, 50)).isFalse();
    assertThat(progress.isStalled(101, true, 148, 50)).isFalse();
    assertThat(progress.isStalled(101, true, 149, 50)).isTrue();
  }
}

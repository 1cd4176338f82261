package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final Refusals refusals = new Refusals(Duration.ofNanos(100));

  @Test
  void whoWasNeverLetInIsRefusedForGood() {
    assertThat(refusals.mayPass(0)).isFalse();
  }

  @Test
  void aRefusalMayPassForAWhile() {
    // The clock may pass the largest number meanwhile.
    long first = Long.MAX_VALUE;
    refusals.letIn();
    assertThat(refusals.mayPass(first)).isTrue();
    assertThat(refusals.mayPass(first + 99)).isTrue();
    assertThat(refusals.mayPass(first + 100)).isFalse();
  }

  @Test
  void timeInWhichNobodyAnsweredDoesNotCount() {
    refusals.letIn();
    assertThat(refusals.mayPass(0)).isTrue();
    refusals.unanswered();
    assertThat(refusals.mayPass(1000)).isTrue();
    assertThat(refusals.mayPass(1099)).isTrue();
    assertThat(refusals.mayPass(1100)).isFalse();
  }

  @Test
  void whoIsLetInAgainHasTheWholeTimeAgain() {
    refusals.letIn();
    assertThat(refusals.mayPass(0)).isTrue();
    refusals.letIn();
    assertThat(refusals.mayPass(1000)).isTrue();
  }
}

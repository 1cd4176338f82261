package io.millrace.catalog.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitGateTest {
  private final CommitGate gate = new CommitGate();

  @Test
  void workThatWasGivenUpIsNotCommitted() {
    assertThat(gate.giveUp()).isTrue();
    assertThat(gate.isGivenUp()).isTrue();
    assertThat(gate.mayCommit()).isFalse();
    assertThat(gate.isCommitting()).isFalse();
  }

  @Test
  void aCommitThatIsUnderWayIsNotGivenUp() {
    assertThat(gate.mayCommit()).isTrue();
    assertThat(gate.isCommitting()).isTrue();
    assertThat(gate.giveUp()).isFalse();
    assertThat(gate.isGivenUp()).isFalse();
  }
}

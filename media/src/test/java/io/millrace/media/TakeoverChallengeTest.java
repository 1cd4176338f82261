package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.TakeoverChallenge.Verdict;
import org.junit.jupiter.api.Test;

/** RTMP R22. */
class TakeoverChallengeTest {
  private final TakeoverChallenge challenge = new TakeoverChallenge(1_000, 5_000);

  @Test
  void whoHasBeenSilentForLongEnoughMakesRoom() {
    assertThat(challenge.judge(4_000, 5_000)).isEqualTo(Verdict.MAKES_ROOM);
    assertThat(challenge.judge(4_900, 5_900)).isEqualTo(Verdict.MAKES_ROOM);
  }

  @Test
  void whoIsHeardAfterTheNewcomerCameIsAlive() {
    assertThat(challenge.judge(5_001, 5_050)).isEqualTo(Verdict.IS_ALIVE);
  }

  @Test
  void whoHasNotBeenHeardSinceAndNotBeenSilentForLongIsAskedAgain() {
    assertThat(challenge.judge(4_900, 5_050)).isEqualTo(Verdict.OPEN);
    assertThat(challenge.judge(5_000, 5_999)).isEqualTo(Verdict.OPEN);
  }
}

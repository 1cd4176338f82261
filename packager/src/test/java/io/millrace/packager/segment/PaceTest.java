package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  private final Pace pace = new Pace();

  @Test
  void countsByTheTrackOfWhichTheMostHasCome() {
    long picture = pace.step(0, SECOND);
    long sound = pace.step(0, SECOND / 4);
    assertThat(pace.nanos()).isEqualTo(SECOND);
    sound = pace.step(sound, SECOND);
    assertThat(pace.nanos()).isEqualTo(sound).isEqualTo(SECOND * 5 / 4);
    picture = pace.step(picture, SECOND / 8);
    assertThat(picture).isEqualTo(SECOND * 9 / 8);
    assertThat(pace.nanos()).isEqualTo(SECOND * 5 / 4);
  }

  @Test
  void aStepThatIsAJumpCountsForASecond() {
    long reached = pace.step(0, SECOND / 2);
    reached = pace.step(reached, 3_600 * SECOND);
    assertThat(reached).isEqualTo(SECOND * 3 / 2);
    assertThat(pace.nanos()).isEqualTo(reached);
  }
}

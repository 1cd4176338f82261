package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalClockTest {
  private static final long SECOND = 1_000_000_000L;

  private final ArrivalClock clock = new ArrivalClock();

  @Test
  void countsByTheTrackOfWhichTheMostHasCome() {
    long picture = clock.step(0, SECOND, 0);
    long sound = clock.step(0, SECOND / 4, 0);
    assertThat(clock.nanos()).isEqualTo(SECOND);
    sound = clock.step(sound, SECOND, SECOND / 4);
    assertThat(clock.nanos()).isEqualTo(sound).isEqualTo(SECOND * 5 / 4);
    picture = clock.step(picture, SECOND / 8, SECOND);
    assertThat(picture).isEqualTo(SECOND * 9 / 8);
    assertThat(clock.nanos()).isEqualTo(SECOND * 5 / 4);
  }

  @Test
  void aStepThatIsAJumpCountsForASecond() {
    long reached = clock.step(0, SECOND / 2, 0);
    reached = clock.step(reached, 3_600 * SECOND, SECOND / 2);
    assertThat(reached).isEqualTo(SECOND * 3 / 2);
    assertThat(clock.nanos()).isEqualTo(reached);
  }

  @Test
  void stepsThatAreLongAsARuleCountForWhatTheyAre() {
    long reached = clock.step(0, 4 * SECOND, 0);
    assertThat(reached).isEqualTo(SECOND);
    assertThat(clock.step(reached, 4 * SECOND, 4 * SECOND)).isEqualTo(5 * SECOND);
  }
}

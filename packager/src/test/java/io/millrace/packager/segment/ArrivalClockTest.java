package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** HLS B8: what has come of the tracks, as a measure of the time in which it came. */
class ArrivalClockTest {
  private static final long SECOND = 1_000_000_000L;

  private final ArrivalClock clock = new ArrivalClock();

  @Test
  void countsByTheTrackOfWhichTheMostHasCome() {
    long picture = clock.step(0, SECOND, SECOND, 0);
    long sound = clock.step(0, SECOND / 4, SECOND / 4, 0);
    assertThat(clock.nanos()).isEqualTo(SECOND);
    sound = clock.step(sound, SECOND * 5 / 4, SECOND, SECOND / 4);
    assertThat(clock.nanos()).isEqualTo(sound).isEqualTo(SECOND * 5 / 4);
    picture = clock.step(picture, SECOND * 9 / 8, SECOND / 8, SECOND);
    assertThat(picture).isEqualTo(SECOND * 9 / 8);
    assertThat(clock.nanos()).isEqualTo(SECOND * 5 / 4);
  }

  @Test
  void aStepThatIsAJumpCountsForASecond() {
    long reached = clock.step(0, SECOND / 2, SECOND / 2, 0);
    reached = clock.step(reached, 3_600 * SECOND, 3_600 * SECOND, SECOND / 2);
    assertThat(reached).isEqualTo(SECOND * 3 / 2);
    assertThat(clock.nanos()).isEqualTo(reached);
  }

  @Test
  void stepsThatAreLongAsARuleCountForWhatTheyAre() {
    long reached = clock.step(0, 4 * SECOND, 4 * SECOND, 0);
    assertThat(reached).isEqualTo(SECOND);
    assertThat(clock.step(reached, 8 * SECOND, 4 * SECOND, 4 * SECOND)).isEqualTo(5 * SECOND);
  }

  @Test
  void aTrackThatWasAwayGoesOnFromWhatHasComeOfTheOthers() {
    long sound = clock.step(0, SECOND / 2, SECOND / 2, 0);
    clock.step(0, 12 * SECOND, 12 * SECOND, 12 * SECOND);
    sound = clock.step(sound, 12 * SECOND, SECOND * 23 / 2, SECOND / 2);
    assertThat(sound).isEqualTo(12 * SECOND);
    clock.step(sound, 13 * SECOND, SECOND, SECOND * 23 / 2);
    assertThat(clock.nanos()).isEqualTo(13 * SECOND);
  }

  @Test
  void aTrackThatStartsOrComesAgainIsBehindByAsMuchAsItsTimestampsAre() {
    long picture = clock.start(0);
    picture = clock.step(picture, 5 * SECOND, 5 * SECOND, 5 * SECOND);
    assertThat(clock.start(SECOND)).isEqualTo(SECOND);
    assertThat(clock.step(0, 2 * SECOND, 2 * SECOND, 0)).isEqualTo(2 * SECOND);
    assertThat(clock.start(7 * SECOND)).as("ahead of all").isEqualTo(5 * SECOND);
    assertThat(clock.start(-60 * SECOND)).as("ten seconds at most").isEqualTo(-5 * SECOND);
    assertThat(clock.nanos()).isEqualTo(picture);
  }

  /** Or nothing would be missed for as long as what still comes is late by. */
  @Test
  void whateverComesTellsOfTheTimeThatPasses() {
    long picture = comesAt(0, 0);
    picture = clock.step(picture, 4 * SECOND, 4 * SECOND, 4 * SECOND);
    long sound = comesAt(4_000, 0);
    for (int i = 1; i <= 10; i++) {
      clock.tells(Instant.ofEpochMilli(4_000 + 100 * i));
      sound = clock.step(sound, i * SECOND / 10, SECOND / 10, SECOND / 10);
    }
    assertThat(sound).isLessThan(2 * SECOND);
    assertThat(clock.nanos()).isBetween(picture + SECOND, picture + SECOND * 13 / 10);
  }

  @Test
  void timeInWhichNothingComesCountsForLittle() {
    comesAt(0, 0);
    comesAt(5_000, 0);
    assertThat(clock.nanos()).isLessThan(SECOND / 2);
    comesAt(2_000, 0);
    assertThat(clock.nanos()).as("set back").isLessThan(SECOND / 2);
  }

  @Test
  void aPauseOfAllTracksCountsForAsLongAsItIs() {
    long reached = comesAt(0, 0);
    clock.tells(Instant.ofEpochMilli(2_500));
    clock.step(reached, 5 * SECOND / 2, 5 * SECOND / 2, SECOND / 10);
    assertThat(clock.nanos()).isEqualTo(5 * SECOND / 2);
  }

  private long comesAt(long millis, long dtsNanos) {
    clock.tells(Instant.ofEpochMilli(millis));
    return clock.start(dtsNanos);
  }

  @Test
  void timestampsOfAnotherTimelineTellNothing() {
    clock.step(clock.start(0), 5 * SECOND, 5 * SECOND, 5 * SECOND);
    clock.restart();
    assertThat(clock.start(0)).isEqualTo(5 * SECOND);
    assertThat(clock.start(SECOND)).isEqualTo(5 * SECOND);
  }
}

package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** HLS B8: how long a segment waits for a track that is known to be late. */
class LatenessTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long UNSTEADY = 300_000_000L;

  private final Lateness lateness = new Lateness();
  private final ArrivalClock clock = new ArrivalClock();

  @Test
  void aTrackThatIsOnTimeIsWaitedForAsLongAsArrivalIsIrregular() {
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(10 * SECOND + UNSTEADY);
    lateness.lags(-SECOND);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(10 * SECOND + UNSTEADY);
  }

  @Test
  void aTrackIsWaitedForAsLongAsItHasBeenBehindAtMost() {
    lateness.lags(SECOND);
    lateness.lags(3 * SECOND);
    lateness.lags(2 * SECOND);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(13 * SECOND + UNSTEADY);
  }

  @Test
  void whatItWasBehindIsRememberedForTenSecondsAtLeast() {
    long at = comes(0);
    lateness.lags(3 * SECOND);
    at = comes(at + 9 * SECOND);
    lateness.lags(SECOND);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(13 * SECOND + UNSTEADY);
    at = comes(at + SECOND);
    lateness.lags(SECOND);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(13 * SECOND + UNSTEADY);
    comes(at + 10 * SECOND);
    assertThat(lateness.awaitedUntil(20 * SECOND, 0)).isEqualTo(21 * SECOND + UNSTEADY);
    assertThat(lateness.known()).isEqualTo(SECOND);
  }

  @Test
  void noSegmentWaitsUntilAfterItIsDue() {
    lateness.lags(3 * SECOND);
    lateness.written(12 * SECOND);
    assertThat(lateness.awaitedUntil(8 * SECOND, 0)).isEqualTo(11 * SECOND + UNSTEADY);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(12 * SECOND);
  }

  @Test
  void aTrackThatHasBeenAwayForThreeSegmentsIsWaitedForForHalfASecond() {
    for (int i = 0; i < 3; i++) {
      assertThat(lateness.awaitedUntil(10 * SECOND, 12 * SECOND)).isEqualTo(12 * SECOND);
      lateness.written(Long.MAX_VALUE);
    }
    assertThat(lateness.awaitedUntil(10 * SECOND, 12 * SECOND)).isEqualTo(10 * SECOND + SECOND / 2);
    comes(10 * SECOND);
    assertThat(lateness.awaitedUntil(10 * SECOND, 12 * SECOND)).isEqualTo(12 * SECOND);
  }

  @Test
  void aTrackThatWasLateAndIsAwayIsWaitedForAsBeforeForTenSeconds() {
    comes(10 * SECOND);
    lateness.lags(4 * SECOND);
    for (int i = 0; i < 3; i++) {
      lateness.written(Long.MAX_VALUE);
    }
    lateness.written(Long.MAX_VALUE);
    assertThat(lateness.awaitedUntil(18 * SECOND, 0)).isEqualTo(22 * SECOND + UNSTEADY);
    assertThat(lateness.awaitedUntil(20 * SECOND, 0)).isEqualTo(20 * SECOND + SECOND / 2);
  }

  @Test
  void aTrackOfWhichNothingHasComeForSixSecondsIsAwayHoweverLongItsSegmentsAre() {
    comes(11 * SECOND);
    assertThat(lateness.awaitedUntil(15 * SECOND, 22 * SECOND)).isEqualTo(17 * SECOND);
    assertThat(lateness.awaitedUntil(20 * SECOND, 27 * SECOND)).isEqualTo(20 * SECOND + SECOND / 2);
    assertThat(lateness.isAway(17 * SECOND)).isFalse();
    assertThat(lateness.isAway(17 * SECOND + 1)).isTrue();
  }

  @Test
  void aTrackThatPausesAndComesBackInTimeIsNotWaitedForInTheNextThreeSegments() {
    comes(0);
    comes(2 * SECOND);
    lateness.lags(0);
    for (int i = 0; i < 3; i++) {
      assertThat(lateness.awaitedUntil(2 * SECOND, 4 * SECOND)).isEqualTo(2 * SECOND + SECOND / 2);
      assertThat(lateness.isAway(2 * SECOND)).isTrue();
      lateness.written(Long.MAX_VALUE);
      comes(2 * SECOND + i);
    }
    assertThat(lateness.awaitedUntil(2 * SECOND, 4 * SECOND)).isEqualTo(4 * SECOND);
  }

  @Test
  void aTrackThatComesBackLateFromAPauseIsWaitedForByAsMuch() {
    comes(0);
    comes(4 * SECOND);
    lateness.lags(2 * SECOND);
    assertThat(lateness.isAway(4 * SECOND)).isFalse();
    assertThat(lateness.isComingLate(4 * SECOND)).isTrue();
    assertThat(lateness.isComingLate(5 * SECOND)).as("it has stopped again").isFalse();
    assertThat(lateness.awaitedUntil(4 * SECOND, 0)).isEqualTo(6 * SECOND + UNSTEADY);
  }

  @Test
  void anotherPublishersTrackIsWaitedForThoughTheOneBeforeWasAway() {
    for (int i = 0; i < 3; i++) {
      lateness.written(Long.MAX_VALUE);
    }
    lateness.restart();
    assertThat(lateness.awaitedUntil(10 * SECOND, 12 * SECOND)).isEqualTo(12 * SECOND);
  }

  @Test
  void aTrackThatIsTenSecondsBehindIsNotWaitedFor() {
    lateness.lags(10 * SECOND);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(10 * SECOND + UNSTEADY);
    lateness.lags(10 * SECOND - 1);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(20 * SECOND - 1 + UNSTEADY);
  }

  @Test
  void aTrackIsOnTimeWhileItComesAndWasNotLateOfLate() {
    assertThat(lateness.isOnTime()).isFalse();
    comes(0);
    assertThat(lateness.isOnTime()).isTrue();
    lateness.written(Long.MAX_VALUE);
    assertThat(lateness.isOnTime()).as("nothing has come since").isFalse();
    comes(SECOND);
    lateness.lags(SECOND);
    assertThat(lateness.isOnTime()).isFalse();
    comes(15 * SECOND);
    assertThat(lateness.isOnTime()).as("it was late seconds ago").isFalse();
    comes(30 * SECOND);
    assertThat(lateness.isOnTime()).isTrue();
  }

  @Test
  void anotherTimelineStartsWithoutAPause() {
    comes(0);
    comes(2 * SECOND);
    lateness.restart();
    comes(3 * SECOND);
    lateness.lags(0);
    assertThat(lateness.isAway(3 * SECOND)).isFalse();
    assertThat(lateness.awaitedUntil(3 * SECOND, 6 * SECOND)).isEqualTo(6 * SECOND);
  }

  @Test
  void whatComesInBlocksCountsOnce() {
    Lateness others = new Lateness();
    for (int second = 0; second < 40; second++) {
      steadily(others, second, 1);
      if (second % 4 == 3) {
        steadily(lateness, second - 3, 4);
      }
      assertThat(clock.nanos()).isEqualTo((second + 1) * SECOND - SECOND / 10);
    }
  }

  @Test
  void aTrackOfAnotherTimelineCountsFromWhereTheOthersAre() {
    steadily(new Lateness(), 0, 1);
    clock.restart();
    lateness.arrives(clock, 90 * SECOND);
    lateness.arrives(clock, 90 * SECOND + SECOND / 2);
    assertThat(clock.nanos()).isEqualTo(SECOND * 14 / 10);
  }

  /** Ten samples a second. */
  private void steadily(Lateness track, int fromSecond, int seconds) {
    for (int i = 0; i < seconds * 10; i++) {
      track.arrives(clock, fromSecond * SECOND + i * SECOND / 10);
    }
  }

  /** Its next sample comes, at the time of the others. */
  private long comes(long nanos) {
    clock.step(nanos, nanos, 0, 0);
    lateness.arrives(clock, nanos);
    return nanos;
  }
}

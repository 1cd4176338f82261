package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** HLS B8: how long a segment waits for a track that is known to be late. */
class LatenessTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long UNSTEADY = 300_000_000L;

  private final Lateness lateness = new Lateness();

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
  void whatItWasBehindIsRememberedForOneSegment() {
    lateness.lags(3 * SECOND);
    lateness.written(Long.MAX_VALUE);
    lateness.lags(SECOND);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(13 * SECOND + UNSTEADY);
    lateness.written(Long.MAX_VALUE);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(11 * SECOND + UNSTEADY);
    lateness.arrives(new ArrivalClock(), 0);
    lateness.written(Long.MAX_VALUE);
    assertThat(lateness.awaitedUntil(10 * SECOND, 0)).isEqualTo(10 * SECOND + UNSTEADY);
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
    lateness.arrives(new ArrivalClock(), 0);
    assertThat(lateness.awaitedUntil(10 * SECOND, 12 * SECOND)).isEqualTo(12 * SECOND);
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
    ArrivalClock clock = new ArrivalClock();
    assertThat(lateness.isOnTime()).isFalse();
    lateness.arrives(clock, 0);
    assertThat(lateness.isOnTime()).isTrue();
    lateness.written(Long.MAX_VALUE);
    assertThat(lateness.isOnTime()).as("nothing has come since").isFalse();
    lateness.arrives(clock, SECOND);
    lateness.lags(SECOND);
    assertThat(lateness.isOnTime()).isFalse();
    lateness.written(Long.MAX_VALUE);
    lateness.arrives(clock, 2 * SECOND);
    assertThat(lateness.isOnTime()).as("the segment before was late").isFalse();
    lateness.written(Long.MAX_VALUE);
    lateness.arrives(clock, 3 * SECOND);
    assertThat(lateness.isOnTime()).isTrue();
  }

  @Test
  void aTrackCountsFromWhereTheOthersAreWhenItStarts() {
    ArrivalClock clock = new ArrivalClock();
    clock.step(0, SECOND, SECOND);
    lateness.arrives(clock, 0);
    lateness.arrives(clock, SECOND / 2);
    assertThat(clock.nanos()).isEqualTo(SECOND * 3 / 2);
    lateness.restart();
    lateness.arrives(clock, 90 * SECOND);
    assertThat(clock.nanos()).isEqualTo(SECOND * 3 / 2);
  }
}

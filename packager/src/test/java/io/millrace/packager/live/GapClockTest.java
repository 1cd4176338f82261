package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class GapClockTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void asksForAGapBeforeOneAndAHalfTargetDurations() {
    GapClock clock = new GapClock(START);

    // HLS B8
    assertThat(clock.due(START.plusMillis(4199), 3)).isFalse();
    assertThat(clock.due(START.plusMillis(4200), 3)).isTrue();
  }

  @Test
  void letsGapsFollowEachOtherAtTheWallClocksPace() {
    GapClock clock = new GapClock(START);
    clock.gapListed(START);

    assertThat(clock.due(START.plusMillis(2999), 3)).isFalse();
    assertThat(clock.due(START.plusMillis(3000), 3)).isTrue();
    clock.segmentListed(START.plusMillis(3000));
    assertThat(clock.due(START.plusMillis(6000), 3)).isFalse();
  }

  @Test
  void asksForNothingBeforeThereIsAPlaylist() {
    assertThat(new GapClock(START).due(START.plusSeconds(1000), 0)).isFalse();
  }
}

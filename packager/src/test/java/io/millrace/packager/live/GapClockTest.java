package io.millrace.packager.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GapClockTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void asksForAGapBeforeOneAndAHalfTargetDurations() {
    GapClock clock = new GapClock(START, START);

    // HLS B8
    assertThat(clock.due(START.plusMillis(4199), 3)).isFalse();
    assertThat(clock.due(START.plusMillis(4200), 3)).isTrue();
    assertThat(clock.whole(START.plusMillis(4200), 3)).isEqualTo(1);
  }

  @Test
  void asksForAShortGapWhereHalfATargetDurationOrMoreWasLost() {
    GapClock clock = new GapClock(START.plusSeconds(9), START);

    // HLS B8, B9
    assertThat(clock.rest(START.plusMillis(5900), 12)).isZero();
    assertThat(clock.rest(START.plusMillis(6100), 12)).isEqualTo(6);
    assertThat(clock.rest(START.plusMillis(11_900), 12)).isEqualTo(11);
  }

  @Test
  void letsGapsFollowEachOtherAtTheWallClocksPace() {
    GapClock clock = new GapClock(START, START);
    clock.gapsListed(START, Duration.ZERO);

    assertThat(clock.due(START.plusMillis(2999), 3)).isFalse();
    assertThat(clock.due(START.plusMillis(3000), 3)).isTrue();
    clock.segmentListed(START.plusMillis(3000));
    assertThat(clock.due(START.plusMillis(6000), 3)).isFalse();
  }

  @Test
  void givesAReturningPublisherTheTimeOfAnyOther() {
    GapClock clock = new GapClock(START, START);
    clock.gapsListed(START.plusSeconds(3), Duration.ofSeconds(3));
    clock.mediaReturned(START.plusSeconds(5));

    assertThat(clock.due(START.plusSeconds(8), 3)).isFalse();
    assertThat(clock.due(START.plusMillis(9200), 3)).isTrue();
    assertThat(clock.whole(START.plusMillis(7900), 3)).isZero();
  }

  @Test
  void countsTheLostTimeFromTheLastMediaThatCame() {
    GapClock clock = new GapClock(START, START);
    clock.mediaCame(START.plusSeconds(1));
    clock.restListed(START.plusMillis(4200));

    assertThat(clock.whole(START.plusMillis(3999), 3)).isZero();
    assertThat(clock.whole(START.plusMillis(4200), 3)).isEqualTo(1);
  }

  @Test
  void catchesUpAfterARestartButListsNoMoreThanTwentyAtOnce() {
    Instant restart = START.plusSeconds(10);
    GapClock clock = new GapClock(restart, START);

    assertThat(clock.whole(restart.plusSeconds(5), 3)).isEqualTo(5);
    clock.gapsListed(restart.plusSeconds(5), Duration.ofSeconds(15));
    assertThat(clock.whole(restart.plusSeconds(8), 3)).isEqualTo(1);
    assertThat(clock.whole(restart.plusSeconds(8000), 3)).isEqualTo(20);
    assertThat(clock.behind(restart.plusSeconds(8000), 3)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void waitsForAnEndThatHasBeenAnnounced() {
    GapClock clock = new GapClock(START, START);
    clock.mediaCame(START.plusSeconds(4));
    clock.restListed(START.plusSeconds(4));

    assertThat(clock.awaitsEnd(START.plusMillis(18_999))).isTrue();
    assertThat(clock.awaitsEnd(START.plusSeconds(19))).isFalse();
    clock.gapsListed(START.plusSeconds(19), Duration.ofSeconds(15));
    assertThat(clock.awaitsEnd(START.plusSeconds(20))).isFalse();
  }

  @Test
  void asksForPartsOfAGapAsTheirTimePassesOnceGapsHaveBegun() {
    Duration part = Duration.ofMillis(334);
    GapClock clock = new GapClock(START, START);
    clock.mediaCame(START.plusSeconds(1));
    assertThat(clock.partDue(START.plusSeconds(4), part)).isFalse();
    clock.restListed(START.plusMillis(4200));

    // HLS L6
    assertThat(clock.behind(START.plusMillis(4200), 3)).isEqualTo(Duration.ofMillis(3200));
    clock.gapsListed(START.plusMillis(4200), Duration.ofSeconds(3));
    assertThat(clock.partDue(START.plusMillis(4333), part)).isFalse();
    assertThat(clock.partDue(START.plusMillis(4334), part)).isTrue();
    clock.gapsListed(START.plusMillis(4500), part);
    assertThat(clock.partDue(START.plusMillis(4667), part)).isFalse();
    assertThat(clock.behind(START.plusMillis(4000), 3)).isZero();
  }

  @Test
  void asksForNothingBeforeThereIsAPlaylist() {
    assertThat(new GapClock(START, START).due(START.plusSeconds(1000), 0)).isFalse();
  }
}

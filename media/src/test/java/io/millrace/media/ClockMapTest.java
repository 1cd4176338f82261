package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockMapTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final long SECOND = 1_000_000_000L;
  private static final Duration MILLI = Duration.ofMillis(1);

  // HLS D6
  @Test
  void aRunsAnchorStaysWhateverTheEncodersClockDoes() {
    ClockMap map = drifting(ClockMap.EMPTY.with(START, 0), 80e-6, 3600);
    assertThat(map.anchors()).containsExactly(new ClockMap.Anchor(START, 0));
    assertThat(map.slews()).isNotEmpty();
  }

  @Test
  void followsAnEncoderThatDriftsForDaysWithinMillisecondsAndFewSteps() {
    ClockMap map = drifting(ClockMap.EMPTY.with(START, 0), 80e-6, 2 * 86_400);
    long media = 2 * 86_400 * SECOND;
    Instant wall = START.plusNanos(media + (long) (media * 80e-6));
    assertThat(Duration.between(map.wallAt(media), wall).abs()).isLessThan(MILLI.multipliedBy(10));
    assertThat(map.slews()).hasSizeLessThan(100);
  }

  @Test
  void goesFasterOrSlowerButNeverJumpsNorRunsBack() {
    Seeds.forEach(
        50,
        random -> {
          ClockMap map = ClockMap.EMPTY.with(START, 0);
          for (long second = 10; second < 600; second += 10) {
            long off = random.nextLong(-900_000_000, 900_000_000);
            map = map.slewedTo(START.plusNanos(second * SECOND + off), second * SECOND);
          }
          for (long media = 0; media < 600 * SECOND; media += SECOND / 4) {
            Duration step = Duration.between(map.wallAt(media), map.wallAt(media + SECOND / 4));
            assertThat(step.minusMillis(250).abs()).isLessThan(Duration.ofNanos(130_000));
            assertThat(map.mediaAt(map.wallAt(media))).isBetween(media - 10, media + 10);
          }
        });
  }

  @Test
  void whatHasBeenMappedStaysMapped() {
    ClockMap before = drifting(ClockMap.EMPTY.with(START, 0), 200e-6, 600);
    ClockMap after = before.slewedTo(START.plusSeconds(605), 600 * SECOND);
    for (long media = 0; media < 600 * SECOND; media += SECOND) {
      assertThat(after.wallAt(media)).isEqualTo(before.wallAt(media));
    }
  }

  @Test
  void aRunThatFollowsGoesAtItsOwnPace() {
    ClockMap map = drifting(ClockMap.EMPTY.with(START, 0), 400e-6, 600);
    map = map.with(START.plusSeconds(700), 650 * SECOND);
    assertThat(map.wallAt(660 * SECOND)).isEqualTo(START.plusSeconds(710));
    assertThat(map.mediaAt(START.plusSeconds(710))).isEqualTo(660 * SECOND);
    assertThat(map.wallAt(590 * SECOND)).isAfter(START.plusSeconds(590));
  }

  private static ClockMap drifting(ClockMap from, double slow, int seconds) {
    ClockMap map = from;
    for (long second = 1; second <= seconds; second++) {
      long media = second * SECOND;
      map = map.slewedTo(START.plusNanos(media + (long) (media * slow)), media);
    }
    return map;
  }
}

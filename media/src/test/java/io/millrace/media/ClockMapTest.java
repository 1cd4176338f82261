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

  @Test
  void aLookUpEqualsAWalkOverEverything() {
    Seeds.forEach(
        50,
        random -> {
          ClockMap map = ClockMap.EMPTY;
          long media = 0;
          Instant wall = START;
          for (int run = 0; run < 30; run++) {
            map = map.with(wall, media);
            for (int i = random.nextInt(4); i > 0; i--) {
              media += random.nextLong(SECOND);
              wall = wall.plusNanos(random.nextLong(SECOND));
              map = map.slewedTo(wall, media);
            }
            media += random.nextInt(3) == 0 ? 0 : random.nextLong(SECOND);
            // A wall clock may be set back, too.
            wall = wall.plusNanos(random.nextLong(-SECOND, 3 * SECOND));
          }
          for (int i = 0; i < 300; i++) {
            long moment = random.nextLong(-SECOND, media + SECOND);
            assertThat(map.wallAt(moment)).isEqualTo(naiveWallAt(map, moment));
            Instant at = START.plusNanos(random.nextLong(-SECOND, 60 * SECOND));
            assertThat(map.mediaAt(at)).isEqualTo(naiveMediaAt(map, at));
          }
        });
  }

  private static Instant naiveWallAt(ClockMap map, long media) {
    ClockMap.Anchor run = map.anchors().getFirst();
    for (ClockMap.Anchor anchor : map.anchors()) {
      run = anchor.mediaNanos() <= media ? anchor : run;
    }
    ClockMap.Slew pace = new ClockMap.Slew(run.wall(), run.mediaNanos(), 1);
    for (ClockMap.Slew slew : map.slews()) {
      boolean applies = slew.mediaNanos() >= run.mediaNanos() && slew.mediaNanos() <= media;
      pace = applies ? slew : pace;
    }
    return pace.wallAt(media);
  }

  private static long naiveMediaAt(ClockMap map, Instant wall) {
    ClockMap.Anchor run = map.anchors().getFirst();
    for (ClockMap.Anchor anchor : map.anchors()) {
      run = anchor.wall().isAfter(wall) ? run : anchor;
    }
    long from = run.mediaNanos();
    ClockMap.Slew pace = new ClockMap.Slew(run.wall(), from, 1);
    for (ClockMap.Slew slew : map.slews()) {
      boolean ofLater =
          map.anchors().stream()
              .anyMatch(a -> a.mediaNanos() > from && a.mediaNanos() <= slew.mediaNanos());
      if (slew.mediaNanos() >= from && !ofLater && !slew.wall().isAfter(wall)) {
        pace = slew;
      }
    }
    return pace.mediaAt(wall);
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

package io.millrace.packager.presentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeriodsTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  /** What has been let go of looks like the edge of a period, and is none. */
  @Test
  void aPeriodThatIsLongerThanWhatIsHeldKeepsItsStart() {
    Optional<PeriodStart> before = Optional.of(new PeriodStart(3, START.plusSeconds(6), 6));

    assertThat(Periods.first(List.of(rendition(90, -1)), before)).isEqualTo(before);
  }

  @Test
  void aPeriodThatBeganAmongWhatIsHeldIsFound() {
    Optional<PeriodStart> before = Optional.of(new PeriodStart(3, START.plusSeconds(6), 6));

    assertThat(Periods.first(List.of(rendition(90, 93)), before))
        .map(PeriodStart::msn)
        .contains(93L);
    // It is behind what is listed first, so the list does not begin in it yet.
    assertThat(Periods.first(List.of(rendition(90, 98)), before)).isEqualTo(before);
  }

  /** Twenty held segments, of which the first five have left the playlist. */
  private static Rendition rendition(long first, long discontinuity) {
    List<Segment> held = new ArrayList<>();
    for (long msn = first; msn < first + 20; msn++) {
      held.add(
          new Segment(
              msn,
              1,
              "init.mp4",
              2,
              1,
              msn * 2_000_000_000L,
              START.plusSeconds(2 * msn),
              msn == discontinuity,
              false,
              true,
              1000,
              List.of(),
              Optional.empty(),
              true));
    }
    return TestRenditions.of(
        new RenditionInfo("video", "avc1.64001E", 854, 480, 0, 25),
        0,
        held,
        5,
        new BitRate(1, 1, 1, List.of()));
  }
}

package io.millrace.packager.presentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** HLS M1. */
class BitRateTest {
  private static final int TIMESCALE = 90_000;
  private static final int TARGET = 2;

  @Test
  void declaresHalfAgainAtTheStartAndWhatWasMeasuredAfterAMinute() {
    assertThat(new BitRate(1_000_000, 0, 0, List.of()).declaredPeak()).isEqualTo(1_500_000);
    assertThat(new BitRate(1_000_000, 0, 30_000_000_000L, List.of()).declaredPeak())
        .isEqualTo(1_250_000);
    assertThat(new BitRate(1_000_000, 0, 60_000_000_000L, List.of()).declaredPeak())
        .isEqualTo(1_000_000);
    assertThat(new BitRate(1_000_000, 0, Long.MAX_VALUE, List.of()).declaredPeak())
        .isEqualTo(1_000_000);
  }

  @Test
  void measuresThePeakAndTheAverage() {
    BitRate rate = measured(segment(250_000, 2, false), segment(1_000_000, 2, false));

    assertThat(rate.peak()).isEqualTo(4_000_000);
    assertThat(rate.average()).isEqualTo(2_500_000);
  }

  @Test
  void leavesOutGapsAndAverageOfNothingIsZero() {
    assertThat(measured(segment(0, 2, true))).isEqualTo(BitRate.NONE);
    assertThat(BitRate.NONE.average()).isZero();
  }

  /** RFC 8216bis 4.4.6.2: a run of half to one and a half target durations, here 1 to 3 s. */
  @Test
  void aPeakIsThatOfARunAboutAsLongAsASegment() {
    Segment flash = segment(10_000, 0.01, false);
    assertThat(measured(segment(250_000, 2, false), flash).peak())
        .isEqualTo(Math.round(260_000 * 8 / 2.01));
    assertThat(measured(segment(100_000, 0.8, false), segment(100_000, 0.8, false)).peak())
        .isEqualTo(1_000_000);
    BitRate interrupted =
        measured(segment(100_000, 0.8, false), segment(0, 2, true), segment(900_000, 0.8, false));
    assertThat(interrupted.peak()).isZero();
    assertThat(interrupted.declaredPeak()).isGreaterThan(interrupted.average());
  }

  /** HLS M1: whatever comes, no run of segments exceeds what is declared after it was measured. */
  @Test
  void noRunOfSegmentsExceedsTheDeclaredPeak() {
    Seeds.forEach(
        200,
        random -> {
          List<Segment> segments = new ArrayList<>();
          BitRate rate = BitRate.NONE;
          for (int i = 0; i < 60; i++) {
            segments.add(
                segment(random.nextInt(2_000_000), 0.1 + random.nextDouble() * 2.3, false));
            rate = rate.with(segments.getLast(), TARGET);
          }
          for (int from = 0; from < segments.size(); from++) {
            double bits = 0;
            double seconds = 0;
            for (int to = from; to < segments.size(); to++) {
              bits += segments.get(to).size() * 8;
              seconds += segments.get(to).seconds();
              if (seconds >= TARGET * 0.5 && seconds <= TARGET * 1.5) {
                assertThat(bits / seconds).isLessThanOrEqualTo((double) rate.declaredPeak() + 1);
              }
            }
          }
        });
  }

  private static BitRate measured(Segment... segments) {
    BitRate rate = BitRate.NONE;
    for (Segment segment : segments) {
      rate = rate.with(segment, TARGET);
    }
    return rate;
  }

  private static Segment segment(long bytes, double seconds, boolean gap) {
    return new Segment(
        0,
        1,
        "init-a.mp4",
        Math.round(seconds * TIMESCALE),
        TIMESCALE,
        0,
        Instant.EPOCH,
        false,
        gap,
        true,
        bytes,
        List.of(),
        Optional.empty(),
        true);
  }
}

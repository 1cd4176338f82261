package io.millrace.packager.presentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** HLS M1. */
class BitRateTest {
  private static final int TIMESCALE = 90_000;

  @Test
  void declaresHalfAgainAtTheStartAndWhatWasMeasuredAfterAMinute() {
    assertThat(new BitRate(1_000_000, 0, 0).declaredPeak()).isEqualTo(1_500_000);
    assertThat(new BitRate(1_000_000, 0, 30_000_000_000L).declaredPeak()).isEqualTo(1_250_000);
    assertThat(new BitRate(1_000_000, 0, 60_000_000_000L).declaredPeak()).isEqualTo(1_000_000);
    assertThat(new BitRate(1_000_000, 0, Long.MAX_VALUE).declaredPeak()).isEqualTo(1_000_000);
  }

  @Test
  void measuresThePeakAndTheAverage() {
    BitRate rate = BitRate.NONE.with(segment(250_000, 2, false)).with(segment(1_000_000, 2, false));

    assertThat(rate.peak()).isEqualTo(4_000_000);
    assertThat(rate.average()).isEqualTo(2_500_000);
  }

  @Test
  void leavesOutGapsAndAverageOfNothingIsZero() {
    assertThat(BitRate.NONE.with(segment(0, 2, true))).isEqualTo(BitRate.NONE);
    assertThat(BitRate.NONE.average()).isZero();
  }

  @Test
  void doesNotTakeAVeryShortSegmentForAPeak() {
    Segment flash = segment(10_000, 0.01, false);

    assertThat(BitRate.NONE.with(flash).peak()).isEqualTo(160_000);
  }

  private static Segment segment(long bytes, double seconds, boolean gap) {
    return new Segment(
        0,
        1,
        "init-a.mp4",
        Math.round(seconds * TIMESCALE),
        TIMESCALE,
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

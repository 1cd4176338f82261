package io.millrace.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DropReportsTest {
  private static final long LOOK = Duration.ofMillis(250).toNanos();

  private final DropReports reports = new DropReports();

  @Test
  void whatIsDroppedForFiveMinutesIsToldOfAtOnceAndOnceAMinute() {
    List<Long> told = new ArrayList<>();
    long dropped = 0;
    for (int look = 0; look < 5 * 60 * 4; look++) {
      dropped += 18;
      assertThat(reports.counted(dropped)).isEqualTo(18);
      reports.due(look * LOOK).ifPresent(told::add);
    }

    assertThat(told).containsExactly(18L, 4320L, 4320L, 4320L, 4320L);
  }

  /** What was dropped last is told of, even when nothing is dropped any more. */
  @Test
  void whatWasNotToldOfIsWhenTheMinuteIsOver() {
    reports.counted(3);
    assertThat(reports.due(0)).contains(3L);
    reports.counted(10);
    assertThat(reports.due(LOOK)).isEmpty();

    assertThat(reports.counted(10)).isZero();
    assertThat(reports.due(Duration.ofMinutes(1).toNanos())).contains(7L);
    assertThat(reports.due(Duration.ofMinutes(9).toNanos())).isEmpty();
  }
}

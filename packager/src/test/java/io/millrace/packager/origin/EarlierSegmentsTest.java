package io.millrace.packager.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EarlierSegmentsTest {
  private static final Instant END = Instant.parse("2026-11-23T12:00:00Z");

  /** Whoever asks for more gets that: playlists do not grow for ever. */
  @Test
  void reachesADayBackOrAsFarAsTheWindow() {
    Duration minute = Duration.ofMinutes(1);
    Instant yesterday = Instant.parse("2026-11-22T12:00:00Z");

    assertThat(EarlierSegments.reached(Instant.EPOCH, END, minute)).isEqualTo(yesterday);
    assertThat(EarlierSegments.reached(yesterday.plusMillis(1), END, minute))
        .isEqualTo(yesterday.plusMillis(1));
    assertThat(EarlierSegments.reached(Instant.EPOCH, END, Duration.ofDays(3)))
        .isEqualTo(END.minus(Duration.ofDays(3)));
  }
}

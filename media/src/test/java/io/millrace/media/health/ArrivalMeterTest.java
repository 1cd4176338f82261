package io.millrace.media.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ArrivalMeterTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long STEP = SECOND / 25;

  private final ArrivalMeter meter = new ArrivalMeter();
  private long now;
  private long media;

  private void comes(int seconds, double pace) {
    for (int i = 0; i < seconds * 25; i++) {
      now += STEP;
      media += (long) (STEP * pace);
      meter.arrived(media, now);
      if (now % SECOND == 0) {
        meter.tick(now);
      }
    }
  }

  private void pauses(int seconds) {
    for (int i = 0; i < seconds; i++) {
      now += SECOND;
      meter.tick(now);
    }
  }

  @Test
  void aPauseThatLeavesTheWindowIsTakenOutAsFarAsItIsInIt() {
    comes(40, 0.8);
    pauses(10);
    for (int i = 0; i < 30; i++) {
      comes(1, 0.8);
      meter.flow().ifPresent(flow -> assertThat(flow).isBetween(0.7, 0.9));
    }
    assertThat(meter.flow()).hasValueCloseTo(0.8, within(0.01));
  }
}

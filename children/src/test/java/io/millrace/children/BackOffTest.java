package io.millrace.children;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private final BackOff backOff = new BackOff();

  @Test
  void waitsTwiceAsLongEachTimeUpToTenSeconds() {
    assertThat(backOff.afterRun(Duration.ZERO)).isEqualTo(Duration.ofMillis(100));
    assertThat(backOff.afterRun(Duration.ofSeconds(5))).isEqualTo(Duration.ofMillis(200));
    for (int i = 0; i < 6; i++) {
      backOff.afterRun(Duration.ZERO);
    }
    assertThat(backOff.afterRun(Duration.ZERO)).isEqualTo(Duration.ofSeconds(10));
    assertThat(backOff.afterRun(Duration.ZERO)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void whatHasRunWellIsStartedAtOnce() {
    backOff.afterRun(Duration.ZERO);
    backOff.afterRun(Duration.ZERO);

    assertThat(backOff.afterRun(Duration.ofSeconds(30))).isEqualTo(Duration.ofMillis(100));
  }
}

package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutageLogTest {
  private static final long SECOND = 1_000_000_000L;

  private final OutageLog log = new OutageLog(Duration.ofSeconds(10));

  @Test
  void speaksOnceThenOnceAPeriodWithTheirNumberAndWhenItIsBack() {
    assertThat(log.answered()).isEmpty();
    assertThat(log.failed(0)).contains(1L);
    assertThat(log.failed(SECOND)).isEmpty();
    assertThat(log.failed(9 * SECOND)).isEmpty();
    assertThat(log.failed(10 * SECOND)).contains(3L);
    assertThat(log.failed(11 * SECOND)).isEmpty();
    assertThat(log.answered()).contains(1L);
    assertThat(log.answered()).isEmpty();
    assertThat(log.failed(12 * SECOND)).contains(1L);
  }
}

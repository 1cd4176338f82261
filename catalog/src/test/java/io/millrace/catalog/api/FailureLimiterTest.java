package io.millrace.catalog.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailureLimiterTest {
  private final FailureLimiter limiter = new FailureLimiter();
  private final Instant start = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void waitsTwiceAsLongAfterEachFailureFromTheFifthOn() {
    for (int i = 0; i < 4; i++) {
      limiter.failed("a", start);
      assertThat(limiter.waitFor("a", start)).isEmpty();
    }
    limiter.failed("a", start);
    assertThat(limiter.waitFor("a", start)).contains(Duration.ofSeconds(1));
    limiter.failed("a", start);
    assertThat(limiter.waitFor("a", start)).contains(Duration.ofSeconds(2));
    for (int i = 0; i < 20; i++) {
      limiter.failed("a", start);
    }
    assertThat(limiter.waitFor("a", start)).contains(Duration.ofMinutes(1));
    assertThat(limiter.waitFor("b", start)).isEmpty();
    assertThat(limiter.waitFor("a", start.plusSeconds(60))).isEmpty();
  }

  @Test
  void forgetsAfterASuccessAndAfterAQuarterOfAnHour() {
    for (int i = 0; i < 6; i++) {
      limiter.failed("a", start);
      limiter.failed("b", start);
    }
    limiter.succeeded("a");
    assertThat(limiter.waitFor("a", start)).isEmpty();

    Instant later = start.plus(Duration.ofMinutes(16));
    limiter.failed("b", later);
    assertThat(limiter.waitFor("b", later)).isEmpty();
  }

  @Test
  void takesANetworkOfOneCustomerForOneAddress() {
    for (int i = 0; i < 6; i++) {
      limiter.failed("2001:db8:1:2::" + i, start);
      limiter.failed("192.0.2." + i, start);
    }
    assertThat(limiter.waitFor("2001:db8:1:2:ffff::9", start)).isPresent();
    assertThat(limiter.waitFor("2001:db8:1:3::1", start)).isEmpty();
    assertThat(limiter.waitFor("192.0.2.1", start)).isEmpty();
  }
}

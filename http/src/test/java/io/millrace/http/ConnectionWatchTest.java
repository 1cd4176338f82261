package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ConnectionWatchTest {
  private final ConnectionWatch watch =
      new ConnectionWatch(Duration.ofMillis(100), Duration.ofMillis(1000), 0);

  @Test
  void theFirstRequestHasTheHeaderTimeout() {
    assertThat(watch.expired(99)).isEmpty();
    assertThat(watch.expired(100)).contains("header-timeout");
  }

  @Test
  void nothingExpiresWhileARequestIsInHand() {
    watch.requestStarted();
    watch.requestStarted();
    watch.requestEnded(50);
    assertThat(watch.expired(1_000_000)).isEmpty();
  }

  @Test
  void theNextRequestHasTheIdleTimeout() {
    watch.requestStarted();
    watch.requestEnded(50);
    assertThat(watch.expired(1049)).isEmpty();
    assertThat(watch.expired(1050)).contains("idle");
  }
}

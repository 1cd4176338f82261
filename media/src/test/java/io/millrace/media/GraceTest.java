package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GraceTest {
  private static final Duration WHOLE = Duration.ofSeconds(10);
  private static final long SECOND = 1_000_000_000L;

  private final Grace grace = new Grace();

  @Test
  void aPublisherThatBringsNothingDoesNotMakeItLonger() {
    assertThat(grace.waitFor(WHOLE, 5)).isEqualTo(WHOLE);
    assertThat(grace.waitFor(WHOLE, 5 + 4 * SECOND)).isEqualTo(Duration.ofSeconds(6));
    assertThat(grace.waitFor(WHOLE, 5 + 11 * SECOND)).isEqualTo(Duration.ofSeconds(-1));
  }

  @Test
  void beginsAnewAfterMediaHasCome() {
    grace.waitFor(WHOLE, 0);
    grace.over();
    assertThat(grace.waitFor(WHOLE, 11 * SECOND)).isEqualTo(WHOLE);
  }
}

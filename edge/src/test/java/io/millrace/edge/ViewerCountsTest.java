package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ViewerCountsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private final ViewerCounts counts = new ViewerCounts(Duration.ofSeconds(15), 3);

  @Test
  void countsEachViewerOnce() {
    counts.seen("live", "a", 1, NOW);
    counts.seen("live", "a", 1, NOW);
    counts.seen("live", "a", 2, NOW);
    counts.seen("live", "b", 1, NOW);
    assertThat(counts.viewers("live", "a")).isEqualTo(2);
    assertThat(counts.viewers("live", "c")).isZero();
    assertThat(counts.total()).isEqualTo(3);
  }

  @Test
  void forgetsViewersAfterTheTimeout() {
    counts.seen("live", "a", 1, NOW);
    counts.seen("live", "a", 2, NOW.plusSeconds(10));
    counts.expire(NOW.plusSeconds(15));
    assertThat(counts.viewers("live", "a")).isEqualTo(2);
    counts.expire(NOW.plusMillis(15_001));
    assertThat(counts.viewers("live", "a")).isEqualTo(1);
    counts.expire(NOW.plusSeconds(60));
    assertThat(counts.total()).isZero();
  }

  @Test
  void remembersNoMoreThanItMay() {
    for (long viewer = 0; viewer < 10; viewer++) {
      counts.seen("live", "a", viewer, NOW);
    }
    assertThat(counts.total()).isEqualTo(3);
    counts.expire(NOW.plusSeconds(60));
    counts.seen("live", "a", 99, NOW.plusSeconds(60));
    assertThat(counts.total()).isEqualTo(1);
  }
}

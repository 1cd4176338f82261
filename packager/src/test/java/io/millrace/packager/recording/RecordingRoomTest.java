package io.millrace.packager.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.packager.RecordingConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordingRoomTest {
  private final RecordingRoom room =
      new RecordingRoom(
          new RecordingConfig(true, 1000, Duration.ofDays(1)),
          new RecordingMetrics(new PrometheusRegistry()));

  @Test
  void endsBelowTenPercentAndComesAgainAboveEleven() {
    room.look(0, Optional.of(0.10));
    assertThat(room.isThere()).isTrue();

    room.look(0, Optional.of(0.099));
    assertThat(room.isThere()).isFalse();
    assertThat(room.trouble().orElseThrow())
        .contains("10 % of the disk is free")
        .contains("delete");

    room.look(0, Optional.of(0.105));
    assertThat(room.isThere()).isFalse();
    room.look(0, Optional.of(0.11));
    assertThat(room.isThere()).isTrue();
  }

  @Test
  void endsWhereNothingCanBeRemovedAnyMore() {
    room.look(1000, Optional.empty());
    assertThat(room.isThere()).isTrue();

    room.look(1001, Optional.empty());

    assertThat(room.isThere()).isFalse();
    assertThat(room.trouble().orElseThrow()).contains("recording.maxBytes (1000)");
  }

  @Test
  void whereNothingIsToBeRecordedNothingIsWrong() {
    RecordingRoom off =
        new RecordingRoom(
            new RecordingConfig(false, 1000, Duration.ofDays(1)),
            new RecordingMetrics(new PrometheusRegistry()));

    off.look(5000, Optional.of(0.01));

    assertThat(off.trouble()).isEmpty();
  }
}

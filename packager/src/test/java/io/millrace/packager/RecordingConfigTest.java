package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordingConfigTest {
  private static RecordingConfig read(Configuration configuration) {
    return RecordingConfig.read(configuration.root().section("recording"));
  }

  @Test
  void recordsTwentyGigabytesAndSevenDaysByDefault() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());

    assertThat(read(configuration))
        .isEqualTo(new RecordingConfig(true, 20_000_000_000L, Duration.ofDays(7)));
    configuration.check();
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        new Configuration(
            Map.of("recording", Map.of("enabled", false, "maxBytes", "500GB", "maxAge", "30d")),
            Map.of(),
            Map.of());

    assertThat(read(configuration))
        .isEqualTo(new RecordingConfig(false, 500_000_000_000L, Duration.ofDays(30)));
    configuration.check();
  }

  @Test
  void refusesNoTimeAndNoRoomAtAll() {
    Configuration configuration =
        new Configuration(
            Map.of("recording", Map.of("maxBytes", "1kB", "maxAge", "1s")), Map.of(), Map.of());

    read(configuration);

    assertThat(configuration.problems())
        .extracting(problem -> problem.path())
        .containsExactlyInAnyOrder("recording.maxBytes", "recording.maxAge");
  }
}

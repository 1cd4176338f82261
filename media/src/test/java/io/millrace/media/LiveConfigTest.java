package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.media.LiveConfig.PrimaryReturns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveConfigTest {
  @Test
  void hasDefaults() {
    LiveConfig config = LiveConfig.read(new Configuration(Map.of(), Map.of(), Map.of()).root());
    assertThat(config)
        .isEqualTo(
            new LiveConfig(
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(1),
                Duration.ofMillis(1500),
                PrimaryReturns.STAY,
                Optional.empty()));
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "endGrace",
                "1s",
                "lossGrace",
                "2s",
                "takeoverSilence",
                "3s",
                "slate",
                "/srv/slate.mp4",
                "backup",
                Map.of("after", "4s", "primaryReturns", "switch-back")),
            Map.of(),
            Map.of());
    LiveConfig config = LiveConfig.read(configuration.root());
    configuration.check();
    assertThat(config)
        .isEqualTo(
            new LiveConfig(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                PrimaryReturns.SWITCH_BACK,
                Optional.of(Path.of("/srv/slate.mp4"))));
  }

  /** Shorter than a pause between two frames, every encoder would be silent. */
  @Test
  void refusesASilenceThatIsNone() {
    Configuration configuration =
        new Configuration(Map.of("backup", Map.of("after", "50ms")), Map.of(), Map.of());
    LiveConfig.read(configuration.root());
    assertThat(configuration.problems())
        .anySatisfy(
            problem ->
                assertThat(problem.toString())
                    .startsWith("backup.after: '50ms'")
                    .contains("200ms to 20s"));
  }
}

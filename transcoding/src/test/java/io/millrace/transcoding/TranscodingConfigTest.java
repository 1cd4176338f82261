package io.millrace.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import io.millrace.transcoding.protocol.Latency;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TranscodingConfigTest {
  @Test
  void takesWhatEveryMachineHasByDefault() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());

    assertThat(TranscodingConfig.read(configuration.root().section("transcoder")))
        .isEqualTo(
            new TranscodingConfig(
                List.of("x264", "openh264"),
                Latency.NORMAL,
                OptionalInt.empty(),
                Duration.ofSeconds(4),
                Duration.ofSeconds(10),
                true));
    configuration.check();
  }

  @Test
  void mapsEveryKey() {
    Map<String, Object> section =
        Map.of(
            "encoders", "nvenc, vaapi",
            "latency", "low",
            "loudness", "-16",
            "maxBehind", "8s",
            "hangTimeout", "30s",
            "stills", "false");
    Configuration configuration =
        new Configuration(Map.of("transcoder", section), Map.of(), Map.of());

    assertThat(TranscodingConfig.read(configuration.root().section("transcoder")))
        .isEqualTo(
            new TranscodingConfig(
                List.of("nvenc", "vaapi"),
                Latency.LOW,
                OptionalInt.of(-16),
                Duration.ofSeconds(8),
                Duration.ofSeconds(30),
                false));
    configuration.check();
  }

  @Test
  void everythingWrongIsToldAtOnce() {
    Map<String, Object> section = Map.of("encoders", "x265", "loudness", "-3", "hangTimeout", "1s");
    Configuration configuration =
        new Configuration(Map.of("transcoder", section), Map.of(), Map.of());
    TranscodingConfig.read(configuration.root().section("transcoder"));

    assertThat(configuration.problems().stream().map(ConfigProblem::toString))
        .anySatisfy(problem -> assertThat(problem).contains("there is no encoder 'x265'"))
        .anySatisfy(problem -> assertThat(problem).contains("transcoder.loudness"))
        .anySatisfy(problem -> assertThat(problem).contains("transcoder.hangTimeout"));
  }
}

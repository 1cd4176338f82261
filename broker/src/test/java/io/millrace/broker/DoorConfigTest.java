package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoorConfigTest {
  private static DoorConfig read(Configuration configuration) {
    return DoorConfig.read(configuration.root().section("broker"));
  }

  @Test
  void hasDefaults() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());

    assertThat(read(configuration))
        .isEqualTo(
            new DoorConfig(
                1 << 20,
                1000,
                100,
                2 << 20,
                Duration.ZERO,
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(50)));
    assertThat(configuration.problems()).isEmpty();
  }

  @Test
  void mapsEveryKeyAndTellsWhatIsWrong() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "broker",
                Map.of(
                    "outbox",
                    "64KiB",
                    "maxSubscriptions",
                    5,
                    "maxWildcardSubscriptions",
                    2,
                    "ws",
                    Map.of(
                        "maxMessageSize", "8KiB",
                        "coalesce", "5ms",
                        "pingInterval", "3s",
                        "connectTimeout", "4s"),
                    "http",
                    Map.of("maxWait", "6s"))),
            Map.of(),
            Map.of());

    assertThat(read(configuration))
        .isEqualTo(
            new DoorConfig(
                64 << 10,
                5,
                2,
                8 << 10,
                Duration.ofMillis(5),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(6)));
    assertThat(configuration.problems()).isEmpty();

    Configuration wrong =
        new Configuration(
            Map.of("broker", Map.of("outbox", "1B", "ws", Map.of("pingInterval", "0s"))),
            Map.of(),
            Map.of());
    read(wrong);
    assertThat(wrong.problems()).hasSize(2);
  }
}

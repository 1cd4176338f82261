package io.millrace.broker.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Configuration;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IndexConfigTest {
  private static Configuration of(Map<String, Object> index) {
    return new Configuration(Map.of("index", index), Map.of(), Map.of());
  }

  @Test
  void takesLittleByDefault() {
    Configuration configuration = of(Map.of());
    assertThat(IndexConfig.read(configuration.root().section("index")))
        .isEqualTo(new IndexConfig(128L << 20, Duration.ofMinutes(5)));
    configuration.check();
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration = of(Map.of("memory", "1GiB", "snapshotInterval", "30s"));
    assertThat(IndexConfig.read(configuration.root().section("index")))
        .isEqualTo(new IndexConfig(1L << 30, Duration.ofSeconds(30)));
    configuration.check();
  }

  @Test
  void refusesWhatCannotWork() {
    Configuration configuration = of(Map.of("memory", "1KiB", "snapshotInterval", "10ms"));
    IndexConfig.read(configuration.root().section("index"));
    assertThatThrownBy(configuration::check)
        .hasMessageContaining("index.memory")
        .hasMessageContaining("index.snapshotInterval");
  }
}

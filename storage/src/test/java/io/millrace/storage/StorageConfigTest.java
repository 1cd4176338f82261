package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorageConfigTest {
  private static final Path FALLBACK = Path.of("/data");

  @Test
  void keepsObjectsInTheDataDirectoryByDefault() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());

    StorageConfig config = StorageConfig.read(configuration.root().section("storage"), FALLBACK);

    assertThat(config).isEqualTo(StorageConfig.directory(FALLBACK.resolve("objects")));
    configuration.check();
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        new Configuration(
            Map.of("storage", Map.of("kind", "directory", "directory", "/objects")),
            Map.of(),
            Map.of());

    StorageConfig config = StorageConfig.read(configuration.root().section("storage"), FALLBACK);

    assertThat(config).isEqualTo(StorageConfig.directory(Path.of("/objects")));
    configuration.check();
  }
}

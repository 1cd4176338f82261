package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThumbnailConfigTest {
  private static Configuration configuration(Map<String, Object> thumbnails) {
    return new Configuration(
        Map.of("packager", Map.of("thumbnails", thumbnails)), Map.of(), Map.of());
  }

  private static ThumbnailConfig read(Configuration configuration) {
    return ThumbnailConfig.read(configuration.root().section("packager").section("thumbnails"));
  }

  @Test
  void isOneEachTenSecondsByDefault() {
    Configuration configuration = configuration(Map.of());
    assertThat(read(configuration)).isEqualTo(new ThumbnailConfig(Duration.ofSeconds(10), 160));
    configuration.check();
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration = configuration(Map.of("interval", "2s", "width", 240));
    assertThat(read(configuration)).isEqualTo(new ThumbnailConfig(Duration.ofSeconds(2), 240));
    configuration.check();
  }

  @Test
  void refusesPartsOfSecondsAndWhatIsNoThumbnail() {
    for (Map<String, Object> wrong :
        java.util.List.of(
            Map.<String, Object>of("interval", "1500ms", "width", 161),
            Map.<String, Object>of("interval", "0s", "width", 2000))) {
      Configuration configuration = configuration(wrong);
      read(configuration);
      assertThat(configuration.problems())
          .extracting(problem -> problem.path())
          .containsExactlyInAnyOrder("packager.thumbnails.interval", "packager.thumbnails.width");
    }
  }
}

package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.http.CertificateFiles;
import io.millrace.media.LiveConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IngestConfigTest {
  @Test
  void hasDefaults() {
    assertThat(IngestConfig.read(new Configuration(Map.of(), Map.of(), Map.of()).root()))
        .isEqualTo(
            new IngestConfig(
                "0.0.0.0",
                1935,
                1936,
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                1000,
                250,
                Duration.ofSeconds(2),
                Duration.ofSeconds(15),
                16 << 20));
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "ingest",
                Map.of(
                    "rtmp", Map.of("host", "127.0.0.1", "port", 1940),
                    "rtmps", Map.of("port", 1941, "certificate", "/a.crt", "key", "/a.key"),
                    "handshakeTimeout", "1s",
                    "publishTimeout", "2s",
                    "idleTimeout", "3s",
                    "maxConnections", 4,
                    "maxConnectionsPerAddress", 3,
                    "trackWait", "5s",
                    "firstKeyframeTimeout", "6s",
                    "maxMessageSize", "7MiB")),
            Map.of(),
            Map.of());
    IngestConfig config = IngestConfig.read(configuration.root().section("ingest"));
    LiveConfig.read(configuration.root().section("ingest"));
    configuration.check();
    assertThat(config)
        .isEqualTo(
            new IngestConfig(
                "127.0.0.1",
                1940,
                1941,
                Optional.of(new CertificateFiles(Path.of("/a.crt"), Path.of("/a.key"))),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                4,
                3,
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                7 << 20));
  }

  @Test
  void refusesAMessageSizeThatCannotWork() {
    Configuration configuration =
        new Configuration(Map.of("maxMessageSize", "1GiB"), Map.of(), Map.of());
    IngestConfig.read(configuration.root());
    assertThat(configuration.problems())
        .anySatisfy(
            problem ->
                assertThat(problem.toString())
                    .isEqualTo("maxMessageSize: '1GiB' is not a size from 1KiB to 16MiB"));
  }
}

package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EdgeConfigTest {
  @Test
  void hasDefaults() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());
    EdgeConfig config = EdgeConfig.read(configuration.root());
    assertThat(configuration.problems()).isEmpty();
    assertThat(config.memoryBytes()).isEqualTo(256 << 20);
    assertThat(config.origin()).isEmpty();
    assertThat(config.originSecret()).isEmpty();
    assertThat(config.viewerTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.upstreamTimeout()).isEqualTo(Duration.ofSeconds(45));
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "edge",
                Map.of(
                    "memory", "1GiB",
                    "origin", "http://10.0.0.1:8081",
                    "viewerTimeout", "30s",
                    "upstreamTimeout", "5s"),
                "origin",
                Map.of("sharedSecret", "s3cret")),
            Map.of(),
            Map.of());
    assertThat(EdgeConfig.read(configuration.root()))
        .usingRecursiveComparison()
        .isEqualTo(
            new EdgeConfig(
                1 << 30,
                java.util.Optional.of(URI.create("http://10.0.0.1:8081")),
                java.util.Optional.of(new Secret("s3cret")),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5)));
    assertThat(configuration.problems()).isEmpty();
  }

  @Test
  void refusesAnOriginThatIsNoServer() {
    Configuration configuration =
        new Configuration(Map.of("edge", Map.of("origin", "ftp://x/y")), Map.of(), Map.of());
    EdgeConfig.read(configuration.root());
    assertThat(configuration.problems().toString()).contains("edge.origin");
  }
}

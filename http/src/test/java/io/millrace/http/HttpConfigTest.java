package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigProblem;
import io.millrace.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpConfigTest {
  private static HttpConfig read(Configuration configuration) {
    return HttpConfig.read(configuration.root().section("http"));
  }

  @Test
  void hasDefaults() {
    Configuration configuration = new Configuration(Map.of(), Map.of(), Map.of());
    HttpConfig config = read(configuration);
    assertThat(configuration.problems()).isEmpty();
    assertThat(config.path()).isEqualTo("http");
    assertThat(config.host()).isEqualTo("0.0.0.0");
    assertThat(config.port()).isEqualTo(8080);
    assertThat(config.tlsPort()).isEqualTo(8443);
    assertThat(config.certificate()).isEmpty();
    assertThat(config.proxyProtocol()).isFalse();
    assertThat(config.trustedProxies().clientOf("10.1.1.1", List.of(), List.of("1.2.3.4")).host())
        .isEqualTo("10.1.1.1");
    assertThat(config.limits())
        .isEqualTo(
            new HttpConfig.Limits(
                8192,
                16384,
                1 << 20,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                20_000));
  }

  @Test
  void mapsEveryKey() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "http",
                Map.ofEntries(
                    Map.entry("host", "127.0.0.1"),
                    Map.entry("port", 1),
                    Map.entry("tls", Map.of("port", 2, "certificate", "/c.pem", "key", "/k.pem")),
                    Map.entry("proxyProtocol", true),
                    Map.entry("trustedProxies", List.of("10.0.0.0/8")),
                    Map.entry("maxUriSize", "2KiB"),
                    Map.entry("maxHeaderSize", "4KiB"),
                    Map.entry("maxBodySize", "5MiB"),
                    Map.entry("headerTimeout", "1s"),
                    Map.entry("bodyTimeout", "2s"),
                    Map.entry("idleTimeout", "3s"),
                    Map.entry("maxConnections", 7))),
            Map.of(),
            Map.of());
    HttpConfig config = read(configuration);
    assertThat(configuration.problems()).isEmpty();
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.port()).isEqualTo(1);
    assertThat(config.tlsPort()).isEqualTo(2);
    assertThat(config.certificate())
        .contains(new CertificateFiles(Path.of("/c.pem"), Path.of("/k.pem")));
    assertThat(config.proxyProtocol()).isTrue();
    assertThat(config.trustedProxies().clientOf("10.1.1.1", List.of(), List.of("1.2.3.4")).host())
        .isEqualTo("1.2.3.4");
    assertThat(config.limits())
        .isEqualTo(
            new HttpConfig.Limits(
                2048,
                4096,
                5 << 20,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                7));
  }

  @Test
  void saysWhatIsWrongWithEachKey() {
    Configuration configuration =
        new Configuration(
            Map.of(
                "http",
                Map.of(
                    "tls",
                    Map.of("certificate", "/c.pem"),
                    "trustedProxies",
                    List.of("10.0.0.0/33"),
                    "maxHeaderSize",
                    "1GiB",
                    "idleTimeout",
                    "0s")),
            Map.of(),
            Map.of());
    read(configuration);
    assertThat(configuration.problems().toString())
        .contains("http.tls.key", "http.trustedProxies", "10.0.0.0/33")
        .contains("http.maxHeaderSize", "http.idleTimeout");
  }

  @Test
  void everyProxyThatIsNoneIsNamedWithTheVariableItIsFrom() {
    Configuration configuration =
        new Configuration(
            Map.of(), Map.of("MILLRACE_HTTP_TRUSTED_PROXIES", "foo,10.0.0.1,bar"), Map.of());
    read(configuration);
    assertThat(configuration.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "MILLRACE_HTTP_TRUSTED_PROXIES: 'foo', 'bar' are neither addresses nor networks;"
                + " write for example '10.0.0.0/8'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"999.1.1.1", "1.2.3.4.5", "::1::2", "two words", "http://a"})
  void aHostThatCanBeNoneIsFound(String host) {
    Configuration configuration =
        new Configuration(Map.of("http", Map.of("host", host)), Map.of(), Map.of());
    read(configuration);
    assertThat(configuration.problems())
        .extracting(ConfigProblem::path)
        .containsExactly("http.host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "fe80::1", "localhost", "my_node-1.example.com"})
  void aHostMayBeAnAddressOrAName(String host) {
    Configuration configuration =
        new Configuration(Map.of("http", Map.of("host", host)), Map.of(), Map.of());
    assertThat(read(configuration).host()).isEqualTo(host);
    assertThat(configuration.problems()).isEmpty();
  }
}

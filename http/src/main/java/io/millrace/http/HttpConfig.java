package io.millrace.http;

import io.millrace.config.ConfigSection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a listener listens (section {@code http} for the public one).
 *
 * @param path the section's own path, for messages that name a key
 * @param host address to bind
 * @param port plain HTTP; 0 lets the system choose
 * @param tlsPort HTTPS, opened only with a certificate; 0 lets the system choose
 * @param certificate the PEM files behind {@code tls.certificate} and {@code tls.key}
 * @param limits what a client may send, and how slowly
 * @param proxyProtocol whether every connection starts with a PROXY protocol header (HAProxy v1 or
 *     v2), as a TCP load balancer sends it; direct clients are then refused
 * @param trustedProxies proxies whose {@code Forwarded} and {@code X-Forwarded-For} are believed
 */
public record HttpConfig(
    String path,
    String host,
    int port,
    int tlsPort,
    Optional<CertificateFiles> certificate,
    Limits limits,
    boolean proxyProtocol,
    TrustedProxies trustedProxies) {
  private static final int LEAST_BYTES = 1 << 10;
  private static final int MOST_HEAD_BYTES = 1 << 20;
  private static final int MOST_BODY_BYTES = 1 << 28;

  /**
   * Bounds for what comes from a client.
   *
   * @param uriBytes request line; longer is 414
   * @param headerBytes all header fields; longer is 431
   * @param bodyBytes an announced request body; longer is 413
   * @param headerTimeout from the connection's start (after TLS) to its first whole request head
   * @param bodyTimeout from the head to the last byte of the request's body; later is 408
   * @param idleTimeout without any byte while a request is in hand, and between two requests
   * @param connections open at the same time, all event loops together; more are closed at once
   */
  public record Limits(
      int uriBytes,
      int headerBytes,
      long bodyBytes,
      Duration headerTimeout,
      Duration bodyTimeout,
      Duration idleTimeout,
      int connections) {}

  /** Reads the keys of one listener's section. */
  public static HttpConfig read(ConfigSection section) {
    ConfigSection tls = section.section("tls");
    return new HttpConfig(
        section.path(),
        section.host("host", "0.0.0.0"),
        section.port("port", 8080),
        tls.port("port", 8443),
        CertificateFiles.read(tls),
        limits(section),
        section.bool("proxyProtocol", false),
        trustedProxies(section));
  }

  /** The same with another certificate ({@code --tls self-signed}). */
  public HttpConfig withCertificate(CertificateFiles files) {
    return new HttpConfig(
        path, host, port, tlsPort, Optional.of(files), limits, proxyProtocol, trustedProxies);
  }

  /** The same limits on another port without TLS or PROXY headers, for a listener between nodes. */
  public HttpConfig onPlainPort(String otherPath, String otherHost, int otherPort) {
    return new HttpConfig(
        otherPath, otherHost, otherPort, tlsPort, Optional.empty(), limits, false, trustedProxies);
  }

  private static Limits limits(ConfigSection section) {
    return new Limits(
        head(section, "maxUriSize", 8 << 10),
        head(section, "maxHeaderSize", 16 << 10),
        section.bytes("maxBodySize", 1 << 20, LEAST_BYTES, MOST_BODY_BYTES),
        timeout(section, "headerTimeout", Duration.ofSeconds(10)),
        timeout(section, "bodyTimeout", Duration.ofSeconds(30)),
        timeout(section, "idleTimeout", Duration.ofSeconds(60)),
        section.integer("maxConnections", 20_000, 1, 1_000_000));
  }

  private static int head(ConfigSection section, String key, int fallback) {
    return (int) section.bytes(key, fallback, LEAST_BYTES, MOST_HEAD_BYTES);
  }

  private static Duration timeout(ConfigSection section, String key, Duration fallback) {
    return section.duration(key, fallback, Duration.ofMillis(10), Duration.ofHours(1));
  }

  private static TrustedProxies trustedProxies(ConfigSection section) {
    try {
      return TrustedProxies.parse(section.strings("trustedProxies", List.of()));
    } catch (IllegalArgumentException e) {
      section.problem("trustedProxies", String.valueOf(e.getMessage()));
      return TrustedProxies.NONE;
    }
  }
}

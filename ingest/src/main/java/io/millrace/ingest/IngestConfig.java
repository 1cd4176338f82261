package io.millrace.ingest;

import io.millrace.config.ConfigSection;
import io.millrace.http.CertificateFiles;
import java.time.Duration;
import java.util.Optional;

/**
 * How publishers are received (section {@code ingest}; the grace periods of broadcasts stand in the
 * same section and are read by the media module).
 *
 * @param rtmpHost address to listen on
 * @param rtmpPort TCP port; 0 takes a free one
 * @param rtmpsPort TCP port for RTMP within TLS, opened only with a certificate; 0 takes a free one
 * @param rtmpsCertificate the PEM files behind {@code rtmps.certificate} and {@code rtmps.key}
 * @param handshakeTimeout from the connection to the end of the RTMP handshake
 * @param publishTimeout from the handshake to a publish request, and from one publication of a
 *     connection to its next
 * @param idleTimeout how long a publisher may send nothing at all
 * @param maxConnections publishers' connections of this node at the same time
 * @param maxConnectionsPerAddress of them from one address (IPv6: one network of 64 bits)
 * @param trackWait how long the second track of a publisher is waited for
 * @param firstKeyframeTimeout how long a publisher may send video without an IDR picture
 * @param maxMessageSize bytes of the largest audio or video message
 */
public record IngestConfig(
    String rtmpHost,
    int rtmpPort,
    int rtmpsPort,
    Optional<CertificateFiles> rtmpsCertificate,
    Duration handshakeTimeout,
    Duration publishTimeout,
    Duration idleTimeout,
    int maxConnections,
    int maxConnectionsPerAddress,
    Duration trackWait,
    Duration firstKeyframeTimeout,
    int maxMessageSize) {
  private static final int LEAST_MESSAGE_SIZE = 1 << 10;
  private static final int MOST_MESSAGE_SIZE = 16 << 20;

  /**
   * @param ingest the section {@code ingest}
   */
  public static IngestConfig read(ConfigSection ingest) {
    ConfigSection rtmp = ingest.section("rtmp");
    ConfigSection rtmps = ingest.section("rtmps");
    return new IngestConfig(
        rtmp.host("host", "0.0.0.0"),
        rtmp.port("port", 1935),
        rtmps.port("port", 1936),
        CertificateFiles.read(rtmps),
        timeout(ingest, "handshakeTimeout", Duration.ofSeconds(10)),
        timeout(ingest, "publishTimeout", Duration.ofSeconds(10)),
        timeout(ingest, "idleTimeout", Duration.ofSeconds(30)),
        ingest.integer("maxConnections", 1000, 1, 1_000_000),
        ingest.integer("maxConnectionsPerAddress", 250, 1, 1_000_000),
        ingest.duration("trackWait", Duration.ofSeconds(2), Duration.ZERO, Duration.ofMinutes(1)),
        timeout(ingest, "firstKeyframeTimeout", Duration.ofSeconds(15)),
        (int)
            ingest.bytes(
                "maxMessageSize", MOST_MESSAGE_SIZE, LEAST_MESSAGE_SIZE, MOST_MESSAGE_SIZE));
  }

  private static Duration timeout(ConfigSection ingest, String key, Duration fallback) {
    return ingest.duration(key, fallback, Duration.ofMillis(10), Duration.ofHours(1));
  }

  /** The same with a certificate for RTMPS where none is set: that of the public listener. */
  public IngestConfig withDefaultCertificate(Optional<CertificateFiles> certificate) {
    return new IngestConfig(
        rtmpHost,
        rtmpPort,
        rtmpsPort,
        rtmpsCertificate.or(() -> certificate),
        handshakeTimeout,
        publishTimeout,
        idleTimeout,
        maxConnections,
        maxConnectionsPerAddress,
        trackWait,
        firstKeyframeTimeout,
        maxMessageSize);
  }
}

package io.millrace.ingest;

import io.millrace.config.ConfigSection;
import java.time.Duration;

/**
 * How publishers are received (section {@code ingest}; the grace periods of broadcasts stand in the
 * same section and are read by the media module).
 *
 * @param rtmpHost address to listen on
 * @param rtmpPort TCP port; 0 takes a free one
 * @param handshakeTimeout from the connection to the end of the RTMP handshake
 * @param publishTimeout from the handshake to a publish request, and from one publication of a
 *     connection to its next
 * @param idleTimeout how long a publisher may send nothing at all
 * @param maxConnections publishers' connections of this node at the same time
 * @param trackWait how long the second track of a publisher is waited for
 * @param firstKeyframeTimeout how long a publisher may send video without an IDR picture
 * @param maxMessageSize bytes of the largest audio or video message
 */
public record IngestConfig(
    String rtmpHost,
    int rtmpPort,
    Duration handshakeTimeout,
    Duration publishTimeout,
    Duration idleTimeout,
    int maxConnections,
    Duration trackWait,
    Duration firstKeyframeTimeout,
    int maxMessageSize) {
  private static final int MAX_MESSAGE_SIZE = 16 << 20;

  /**
   * @param ingest the section {@code ingest}
   */
  public static IngestConfig read(ConfigSection ingest) {
    ConfigSection rtmp = ingest.section("rtmp");
    long maxMessageSize = ingest.bytes("maxMessageSize", 16L << 20);
    if (maxMessageSize < 1024 || maxMessageSize > MAX_MESSAGE_SIZE) {
      ingest.problem("maxMessageSize", "must be from 1KiB to 16MiB");
      maxMessageSize = MAX_MESSAGE_SIZE;
    }
    return new IngestConfig(
        rtmp.string("host", "0.0.0.0"),
        rtmp.port("port", 1935),
        ingest.duration("handshakeTimeout", Duration.ofSeconds(10)),
        ingest.duration("publishTimeout", Duration.ofSeconds(10)),
        ingest.duration("idleTimeout", Duration.ofSeconds(30)),
        ingest.integer("maxConnections", 1000, 1, 1_000_000),
        ingest.duration("trackWait", Duration.ofSeconds(2)),
        ingest.duration("firstKeyframeTimeout", Duration.ofSeconds(15)),
        (int) maxMessageSize);
  }
}

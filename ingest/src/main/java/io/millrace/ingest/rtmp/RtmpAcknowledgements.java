package io.millrace.ingest.rtmp;

import java.util.OptionalLong;

/**
 * When the peer has to be told how much has come (RTMP 1.0, 5.4.3): each time its window is full.
 * Only a peer that has told its window is owed anything: one that never reads (FFmpeg) would close
 * on unread bytes, which resets the connection and loses the end of what it has sent.
 */
final class RtmpAcknowledgements {
  private long received;
  private long acknowledged;
  private long window = Long.MAX_VALUE;

  /** Bytes came. */
  void received(long bytes) {
    received += bytes;
  }

  /**
   * The peer told its window.
   *
   * @param bytes unsigned 32 bits
   */
  void window(long bytes) {
    window = Math.max(1, bytes);
  }

  /** The sequence number to send now, which wraps at 32 bits; empty when none is owed. */
  OptionalLong due() {
    if (received - acknowledged < window) {
      return OptionalLong.empty();
    }
    acknowledged = received;
    return OptionalLong.of(received & 0xFFFFFFFFL);
  }
}

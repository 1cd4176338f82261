package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;

/**
 * Cuts messages into chunks (RTMP 1.0, 5.3): a full header on the first chunk, and the extended
 * timestamp on every chunk of a message that has one.
 */
final class RtmpChunkWriter {
  private static final int EXTENDED = 0xFFFFFF;

  private int chunkSize = 128;

  /** The size of the chunks of later messages; the peer must have been told. */
  void chunkSize(int bytes) {
    chunkSize = bytes;
  }

  /** Appends a message's chunks. */
  void write(RtmpMessage message, Buffer out) {
    Buffer payload = message.payload();
    int chunkStream = message.chunkStream();
    boolean extended = message.timestamp() >= EXTENDED;
    out.appendByte((byte) chunkStream);
    out.appendMedium(extended ? EXTENDED : (int) message.timestamp());
    out.appendMedium(payload.length());
    out.appendByte((byte) message.type());
    out.appendIntLE(message.streamId());
    int from = 0;
    while (true) {
      if (extended) {
        out.appendUnsignedInt(message.timestamp() & 0xFFFFFFFFL);
      }
      int count = Math.min(chunkSize, payload.length() - from);
      out.appendBuffer(payload, from, count);
      from += count;
      if (from == payload.length()) {
        return;
      }
      out.appendByte((byte) (0xC0 | chunkStream));
    }
  }
}

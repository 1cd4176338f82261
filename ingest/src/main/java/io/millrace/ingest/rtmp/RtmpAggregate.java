package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes an aggregate message apart (RTMP 1.0, 7.1.6): several audio, video and data messages, each
 * in the form of an FLV tag with a back pointer behind it. Their times are moved so that the first
 * one has the aggregate's own time.
 */
final class RtmpAggregate {
  private static final int HEADER_LENGTH = 11;
  private static final int BACK_POINTER_LENGTH = 4;

  private RtmpAggregate() {}

  /** The messages within; one that is cut, and whatever follows it, is left out. */
  static List<RtmpMessage> messages(RtmpMessage aggregate) {
    Buffer bytes = aggregate.payload();
    List<RtmpMessage> messages = new ArrayList<>();
    long offset = 0;
    int at = 0;
    while (bytes.length() - at >= HEADER_LENGTH) {
      int type = bytes.getUnsignedByte(at);
      int length = bytes.getUnsignedMedium(at + 1);
      long timestamp =
          bytes.getUnsignedMedium(at + 4) | ((long) bytes.getUnsignedByte(at + 7) << 24);
      int from = at + HEADER_LENGTH;
      if (length > bytes.length() - from) {
        break;
      }
      if (messages.isEmpty()) {
        offset = aggregate.timestamp() - timestamp;
      }
      messages.add(
          new RtmpMessage(
              type,
              aggregate.streamId(),
              (timestamp + offset) & 0xFFFFFFFFL,
              bytes.slice(from, from + length)));
      at = from + length + BACK_POINTER_LENGTH;
    }
    return messages;
  }
}

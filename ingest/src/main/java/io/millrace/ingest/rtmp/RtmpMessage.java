package io.millrace.ingest.rtmp;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * One whole RTMP message (RTMP 1.0, 6.1.1).
 *
 * @param type message type id, one of the constants here or an unknown one
 * @param streamId message stream id; 0 is the connection itself
 * @param timestamp milliseconds, unsigned 32 bits
 * @param payload never changes again
 */
record RtmpMessage(int type, int streamId, long timestamp, Buffer payload) {
  static final int SET_CHUNK_SIZE = 1;
  static final int ABORT = 2;
  static final int ACKNOWLEDGEMENT = 3;
  static final int USER_CONTROL = 4;
  static final int WINDOW_ACK_SIZE = 5;
  static final int SET_PEER_BANDWIDTH = 6;
  static final int AUDIO = 8;
  static final int VIDEO = 9;
  static final int DATA_AMF3 = 15;
  static final int COMMAND_AMF3 = 17;
  static final int DATA_AMF0 = 18;
  static final int COMMAND_AMF0 = 20;
  static final int AGGREGATE = 22;

  /**
   * The values of a command or data message. Those of the AMF3 types begin with a format byte of
   * zero, which some senders leave out.
   *
   * @throws MalformedMediaException as {@link Amf0#read}
   */
  List<AmfValue> values() {
    boolean amf3 = type == COMMAND_AMF3 || type == DATA_AMF3;
    boolean marked = amf3 && payload.length() > 0 && payload.getByte(0) == 0;
    return Amf0.read(marked ? payload.slice(1, payload.length()) : payload);
  }

  /** A protocol control message: stream 0, time 0. */
  static RtmpMessage control(int type, Buffer payload) {
    return new RtmpMessage(type, 0, 0, payload);
  }

  /** A control message that carries one 32-bit number. */
  static RtmpMessage control(int type, long number) {
    return control(type, Buffer.buffer(4).appendUnsignedInt(number));
  }

  /** The chunk stream that messages of this type are sent on. */
  int chunkStream() {
    return switch (type) {
      case SET_CHUNK_SIZE,
          ABORT,
          ACKNOWLEDGEMENT,
          USER_CONTROL,
          WINDOW_ACK_SIZE,
          SET_PEER_BANDWIDTH ->
          2;
      case AUDIO -> 4;
      case VIDEO -> 6;
      case DATA_AMF0, DATA_AMF3 -> 5;
      default -> 3;
    };
  }
}

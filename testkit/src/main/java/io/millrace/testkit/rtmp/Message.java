package io.millrace.testkit.rtmp;

/**
 * One RTMP message.
 *
 * @param chunkStream the chunk stream id, 2 to 65599
 * @param type the message type id
 * @param streamId the message stream id
 * @param timestamp milliseconds, unsigned 32 bits
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared and never changed.
public record Message(int chunkStream, int type, int streamId, long timestamp, byte[] payload) {
  public static final int SET_CHUNK_SIZE = 1;
  public static final int ABORT = 2;
  public static final int ACKNOWLEDGEMENT = 3;
  public static final int USER_CONTROL = 4;
  public static final int WINDOW_ACK_SIZE = 5;
  public static final int SET_PEER_BANDWIDTH = 6;
  public static final int AUDIO = 8;
  public static final int VIDEO = 9;
  public static final int COMMAND_AMF3 = 17;
  public static final int DATA = 18;
  public static final int COMMAND = 20;
  public static final int AGGREGATE = 22;

  /** A protocol control message. */
  public static Message control(int type, byte[] payload) {
    return new Message(2, type, 0, 0, payload);
  }
}

package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.vertx.core.buffer.Buffer;

/** Composes what a server says, on one chunk stream state. */
final class RtmpReplies {
  private static final int CHUNK_SIZE = 60_000;
  private static final int WINDOW = 2_500_000;
  private static final int DYNAMIC = 2;
  private static final int STREAM_BEGIN = 0;
  private static final int PING_RESPONSE = 7;

  private final RtmpChunkWriter writer = new RtmpChunkWriter();

  /**
   * Success of {@code connect}, with the control messages that go before it.
   *
   * @param objectEncoding the version of the Action Message Format that the client may use, 0 or 3
   */
  Buffer connected(AmfValue transaction, int objectEncoding) {
    Buffer out = Buffer.buffer();
    add(out, RtmpMessage.control(RtmpMessage.WINDOW_ACK_SIZE, WINDOW));
    add(
        out,
        RtmpMessage.control(
            RtmpMessage.SET_PEER_BANDWIDTH,
            Buffer.buffer(5).appendInt(WINDOW).appendByte((byte) DYNAMIC)));
    add(out, RtmpMessage.control(RtmpMessage.SET_CHUNK_SIZE, CHUNK_SIZE));
    writer.chunkSize(CHUNK_SIZE);
    AmfObject server = AmfValue.object("fmsVer", "FMS/3,5,7,7009", "capabilities", 31, "mode", 1);
    server.properties().putAll(EnhancedRtmp.answer());
    AmfValue status =
        AmfValue.object(
            "level",
            "status",
            "code",
            "NetConnection.Connect.Success",
            "description",
            "Connection succeeded.",
            "objectEncoding",
            objectEncoding);
    command(out, 0, AmfValue.of("_result"), transaction, server, status);
    return out;
  }

  /** Success of a command. */
  Buffer result(AmfValue transaction, AmfValue value) {
    Buffer out = Buffer.buffer();
    command(out, 0, AmfValue.of("_result"), transaction, AmfValue.NULL, value);
    return out;
  }

  /** The answer to {@code FCPublish} or {@code FCUnpublish} that some encoders wait for. */
  Buffer onFlashCommand(String name, String code, String stream) {
    Buffer out = Buffer.buffer();
    AmfValue status = AmfValue.object("code", code, "description", stream);
    command(out, 0, AmfValue.of(name), AmfValue.of(0), AmfValue.NULL, status);
    return out;
  }

  Buffer publishing(int streamId, String stream) {
    Buffer out = Buffer.buffer();
    add(
        out,
        RtmpMessage.control(
            RtmpMessage.USER_CONTROL,
            Buffer.buffer(6).appendUnsignedShort(STREAM_BEGIN).appendInt(streamId)));
    status(out, streamId, "status", "NetStream.Publish.Start", stream + " is being published");
    return out;
  }

  Buffer unpublished(int streamId, String stream) {
    Buffer out = Buffer.buffer();
    status(out, streamId, "status", "NetStream.Unpublish.Success", stream + " is unpublished");
    return out;
  }

  Buffer error(int streamId, String code, String description) {
    Buffer out = Buffer.buffer();
    status(out, streamId, "error", code, description);
    return out;
  }

  /** Asks a client of Enhanced RTMP to connect anew, at the same address. */
  Buffer reconnectRequest(String description) {
    Buffer out = Buffer.buffer();
    status(out, 0, "status", "NetConnection.Connect.ReconnectRequest", description);
    return out;
  }

  /**
   * @param sequenceNumber bytes received, unsigned 32 bits
   */
  Buffer acknowledgement(long sequenceNumber) {
    Buffer out = Buffer.buffer();
    add(out, RtmpMessage.control(RtmpMessage.ACKNOWLEDGEMENT, sequenceNumber));
    return out;
  }

  Buffer windowAckSize() {
    Buffer out = Buffer.buffer();
    add(out, RtmpMessage.control(RtmpMessage.WINDOW_ACK_SIZE, WINDOW));
    return out;
  }

  /**
   * @param data what the ping request carried
   */
  Buffer pong(Buffer data) {
    Buffer out = Buffer.buffer();
    Buffer payload = Buffer.buffer().appendUnsignedShort(PING_RESPONSE).appendBuffer(data);
    add(out, RtmpMessage.control(RtmpMessage.USER_CONTROL, payload));
    return out;
  }

  private void status(Buffer out, int streamId, String level, String code, String description) {
    AmfValue status = AmfValue.object("level", level, "code", code, "description", description);
    command(out, streamId, AmfValue.of("onStatus"), AmfValue.of(0), AmfValue.NULL, status);
  }

  private void command(Buffer out, int streamId, AmfValue... values) {
    add(out, new RtmpMessage(RtmpMessage.COMMAND_AMF0, streamId, 0, Amf0.write(values)));
  }

  private void add(Buffer out, RtmpMessage message) {
    writer.write(message, out);
  }
}

package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;

/** The bytes of a client that doesn't wait for answers. */
final class ClientScript {
  final Buffer bytes = Buffer.buffer();

  private final RtmpChunkWriter writer = new RtmpChunkWriter();

  static ClientScript withHandshake() {
    ClientScript script = new ClientScript();
    script.bytes.appendByte((byte) 3).appendBytes(new byte[2 * RtmpHandshake.LENGTH]);
    return script;
  }

  ClientScript command(int streamId, String name, double transaction, AmfValue... arguments) {
    Buffer payload = Amf0.write(AmfValue.of(name), AmfValue.of(transaction));
    payload.appendBuffer(Amf0.write(arguments));
    return message(RtmpMessage.COMMAND_AMF0, streamId, 0, payload);
  }

  ClientScript message(int type, int streamId, long timestamp, Buffer payload) {
    writer.write(new RtmpMessage(type, streamId, timestamp, payload), bytes);
    return this;
  }

  ClientScript chunkSize(int size) {
    writer.write(RtmpMessage.control(RtmpMessage.SET_CHUNK_SIZE, size), bytes);
    writer.chunkSize(size);
    return this;
  }

  ClientScript connect(String app) {
    return command(0, "connect", 1, AmfValue.object("app", app, "tcUrl", "rtmp://host/" + app));
  }

  /** The order in which OBS speaks. */
  ClientScript publishLikeObs(String name) {
    message(RtmpMessage.WINDOW_ACK_SIZE, 0, 0, Buffer.buffer().appendInt(2_500_000));
    chunkSize(4096);
    command(0, "releaseStream", 2, AmfValue.NULL, AmfValue.of(name));
    command(0, "FCPublish", 3, AmfValue.NULL, AmfValue.of(name));
    command(0, "createStream", 4, AmfValue.NULL);
    command(0, "_checkbw", 5, AmfValue.NULL);
    return command(1, "publish", 6, AmfValue.NULL, AmfValue.of(name), AmfValue.of("live"));
  }

  ClientScript media(int frames) {
    message(
        RtmpMessage.DATA_AMF0,
        1,
        0,
        Amf0.write(
            AmfValue.of("@setDataFrame"),
            AmfValue.of("onMetaData"),
            AmfValue.object("videocodecid", 7, "audiocodecid", 10)));
    message(RtmpMessage.AUDIO, 1, 0, SampleMedia.aacHeader());
    message(RtmpMessage.VIDEO, 1, 0, SampleMedia.avcHeader());
    for (int i = 0; i < frames; i++) {
      Buffer nals = i % 10 == 0 ? SampleMedia.IDR : SampleMedia.INTER;
      message(RtmpMessage.VIDEO, 1, i * 40L, SampleMedia.frame(nals));
      message(RtmpMessage.AUDIO, 1, i * 40L, SampleMedia.sound());
    }
    return this;
  }

  ClientScript unpublish(String name) {
    command(0, "FCUnpublish", 7, AmfValue.NULL, AmfValue.of(name));
    return command(0, "deleteStream", 8, AmfValue.NULL, AmfValue.of(1));
  }
}

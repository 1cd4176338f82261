package io.millrace.testkit.rtmp;

import io.millrace.testkit.rtmp.ClientHandshake.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an encoder in the field speaks: its handshake, the form of its chunks, its commands and what
 * it waits for before it goes on.
 */
@SuppressWarnings("ImmutableEnumChecker") // A record of plain values is immutable.
public enum Dialect {
  /** FFmpeg's own RTMP: digests, chunk streams 4 and 6, asks for the bandwidth check. */
  FFMPEG(Kind.DIGEST_AT_8, ChunkForm.COMPRESSED, 60_000, 4, 6),

  /** OBS on its librtmp: everything on chunk stream 4, waits for createStream only. */
  OBS(Kind.PLAIN, ChunkForm.LIBRTMP, 4096, 4, 4),

  /** GStreamer's rtmpsink on old librtmp: options behind the stream's name, chunks of 128. */
  GSTREAMER_RTMPSINK(Kind.PLAIN, ChunkForm.LIBRTMP, 128, 4, 4),

  /** GStreamer's rtmp2sink: tells its window and waits for acknowledgements. */
  GSTREAMER_RTMP2SINK(Kind.PLAIN, ChunkForm.COMPRESSED, 4096, 5, 6),

  /** Flash Media Live Encoder and Wirecast: wait for onFCPublish, repeat headers (0xC4). */
  FMLE(Kind.DIGEST_AT_772, ChunkForm.COMPRESSED, 128, 4, 4),

  /** Haivision's: publishes as Flash does, without any FCPublish, C2 is noise. */
  HAIVISION(Kind.CARELESS, ChunkForm.PLAIN, 1316, 7, 8),

  /** Larix: Enhanced RTMP, the key in the query of tcUrl. */
  LARIX(Kind.PLAIN, ChunkForm.COMPRESSED, 8192, 4, 5),

  /** vMix: FMLE's words in one go without waiting for any answer. */
  VMIX(Kind.PLAIN, ChunkForm.LIBRTMP, 4096, 4, 6),

  /** A browser's Flash: AMF3 for all commands, chunk streams beyond 64. */
  FLASH(Kind.DIGEST_AT_8, ChunkForm.COMPRESSED.withHeaderBytes(3), 128, 70, 400);

  private final Kind handshake;
  private final ChunkForm form;
  private final int chunkSize;
  private final int audioChunkStream;
  private final int videoChunkStream;

  Dialect(
      Kind handshake, ChunkForm form, int chunkSize, int audioChunkStream, int videoChunkStream) {
    this.handshake = handshake;
    this.form = form;
    this.chunkSize = chunkSize;
    this.audioChunkStream = audioChunkStream;
    this.videoChunkStream = videoChunkStream;
  }

  public Kind handshake() {
    return handshake;
  }

  public ChunkForm form() {
    return form;
  }

  public int chunkSize() {
    return chunkSize;
  }

  int chunkStream(int type) {
    return switch (type) {
      case Message.AUDIO, Message.DATA -> audioChunkStream;
      default -> videoChunkStream;
    };
  }

  boolean speaksAmf3() {
    return this == FLASH;
  }

  /**
   * {@code connect}'s object.
   *
   * @param app with its query where there is one
   * @param address {@code rtmp://host:port/app}
   */
  Map<String, @Nullable Object> connectObject(String app, String address) {
    Map<String, @Nullable Object> common = Amf.object("app", app, "type", "nonprivate");
    Map<String, @Nullable Object> own =
        switch (this) {
          case FFMPEG -> Amf.object("flashVer", "FMLE/3.0 (compatible; Lavf62.3.100)");
          case OBS ->
              Amf.object(
                  "flashVer",
                  "FMLE/3.0 (compatible; FMSc/1.0)",
                  "swfUrl",
                  address,
                  "fourCcList",
                  List.of("av01", "hvc1"));
          case LARIX ->
              Amf.object(
                  "flashVer",
                  "FMLE/3.0 (compatible; Larix)",
                  "fourCcList",
                  List.of("hvc1", "av01"),
                  "videoFourCcInfoMap",
                  Amf.object("*", 2, "hvc1", 2),
                  "audioFourCcInfoMap",
                  Amf.object("Opus", 2),
                  "capsEx",
                  1);
          case GSTREAMER_RTMP2SINK ->
              Amf.object(
                  "flashVer",
                  "FMLE/3.0 (compatible; FMSc/1.0)",
                  "fpad",
                  false,
                  "capabilities",
                  239,
                  "audioCodecs",
                  4071,
                  "videoCodecs",
                  252,
                  "videoFunction",
                  1);
          case FLASH ->
              Amf.object(
                  "flashVer", "WIN 32,0,0,465", "swfUrl", null, "fpad", false, "objectEncoding", 3);
          default -> Amf.object("flashVer", "FMLE/3.0 (compatible; FMSc/1.0)");
        };
    common.putAll(own);
    common.put("tcUrl", address);
    return common;
  }

  /** Says what comes between the handshake and the first media. */
  void publish(FakeEncoder encoder, String app, String name) {
    switch (this) {
      case FFMPEG -> {
        encoder.connect(app).awaitResult(1);
        encoder.chunkSize(chunkSize);
        encoder.command(0, "releaseStream", 2, null, name);
        encoder.command(0, "FCPublish", 3, null, name);
        encoder.command(0, "createStream", 4, (Object) null).awaitResult(4);
        encoder.command(0, "_checkbw", 5, (Object) null);
        encoder.command(1, "publish", 6, null, name, "live").awaitStatus();
      }
      case OBS, LARIX -> {
        encoder.connect(app).awaitResult(1);
        encoder.chunkSize(chunkSize);
        encoder.command(0, "releaseStream", 2, null, name);
        encoder.command(0, "FCPublish", 3, null, name);
        encoder.command(0, "createStream", 4, (Object) null).awaitResult(4);
        encoder.command(1, "publish", 5, null, name, "live").awaitStatus();
      }
      case GSTREAMER_RTMPSINK -> {
        encoder.connect(app).awaitResult(1);
        // An undocumented event (31) and the buffer's length before anything plays.
        encoder.send(Message.control(Message.USER_CONTROL, new Bytes().u16(31).u32(0).toArray()));
        encoder.command(0, "releaseStream", 2, null, name + " live=1");
        encoder.command(0, "FCPublish", 3, null, name + " live=1");
        encoder.command(0, "createStream", 4, (Object) null).awaitResult(4);
        encoder.send(
            Message.control(Message.USER_CONTROL, new Bytes().u16(3).u32(1).u32(300).toArray()));
        encoder.command(1, "publish", 5, null, name + " live=1", "live").awaitStatus();
      }
      case GSTREAMER_RTMP2SINK -> {
        encoder.window(500_000);
        encoder.connect(app).awaitResult(1);
        encoder.chunkSize(chunkSize);
        encoder.command(0, "releaseStream", 2, null, name);
        encoder.command(0, "FCPublish", 3, null, name);
        encoder.command(0, "createStream", 4, (Object) null).awaitResult(4);
        encoder.command(1, "publish", 0, null, name, "live").awaitStatus();
      }
      case FMLE -> {
        encoder.connect(app).awaitResult(1);
        encoder.command(0, "releaseStream", 2, null, name);
        encoder.command(0, "FCPublish", 3, null, name);
        encoder.awaitCommand("onFCPublish");
        encoder.command(0, "createStream", 4, (Object) null).awaitResult(4);
        encoder.command(0, "_checkbw", 5, (Object) null);
        encoder.command(0, "getStreamLength", 6, null, name).awaitResult(6);
        encoder.command(1, "publish", 7, null, name, "live").awaitStatus();
      }
      case HAIVISION -> {
        encoder.connect(app + "/").awaitResult(1);
        encoder.chunkSize(chunkSize);
        encoder.command(0, "createStream", 17, Amf.object()).awaitResult(17);
        encoder.command(1, "publish", 18, null, name).awaitStatus();
      }
      case VMIX -> {
        encoder.connect(app);
        encoder.chunkSize(chunkSize);
        encoder.command(0, "releaseStream", 2, null, name);
        encoder.command(0, "FCPublish", 3, null, name);
        encoder.command(0, "createStream", 4, (Object) null);
        encoder.command(1, "publish", 5, null, name, "live").awaitStatus();
      }
      case FLASH -> {
        encoder.connect(app).awaitResult(1);
        encoder.command(0, "createStream", 2, (Object) null).awaitResult(2);
        encoder.command(1, "publish", 3, null, name, "live").awaitStatus();
      }
    }
  }

  /** Says that the stream is over. */
  void unpublish(FakeEncoder encoder, String name) {
    switch (this) {
      case HAIVISION, FLASH -> encoder.command(1, "closeStream", 0, (Object) null);
      case FMLE -> {
        encoder.command(0, "FCUnpublish", 8, null, name);
        encoder.awaitCommand("onFCUnpublish");
        encoder.command(0, "deleteStream", 9, null, 1);
      }
      default -> {
        encoder.command(0, "FCUnpublish", 8, null, name);
        encoder.command(0, "deleteStream", 9, null, 1);
      }
    }
  }
}

package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.FlvTag.Frame;
import io.millrace.ingest.rtmp.FlvTag.Start;
import io.vertx.core.buffer.Buffer;

/**
 * Writes the bodies of FLV audio and video tags: legacy ones for the main track's H.264 and AAC,
 * which every server reads, extended ones for everything else.
 */
final class FlvTagWriter {
  private static final int LEGACY_AVC = 7;
  private static final int KEY_FRAME = 1;
  private static final int INTER_FRAME = 2;
  private static final int SEQUENCE_START = 0;
  private static final int CODED_FRAMES = 1;
  private static final int CODED_FRAMES_X = 3;
  private static final int MULTITRACK_AUDIO = 5;
  private static final int MULTITRACK_VIDEO = 6;

  /** Sound rate, size and type are the fixed values that go with AAC. */
  private static final int LEGACY_AAC = 0xAF;

  private static final int EXTENDED_AUDIO = 0x90;
  private static final int EXTENDED_VIDEO = 0x80;

  private FlvTagWriter() {}

  static Buffer write(Start start) {
    if (isLegacy(start.codec(), start.track())) {
      return start.codec().isVideo()
          ? legacyVideo(true, SEQUENCE_START, 0, start.record())
          : legacyAudio(SEQUENCE_START, start.record());
    }
    return extended(start.codec(), start.track(), true, SEQUENCE_START, start.record().length())
        .appendBuffer(start.record());
  }

  static Buffer write(Frame frame) {
    FlvCodec codec = frame.codec();
    Buffer data = frame.data();
    if (isLegacy(codec, frame.track())) {
      return codec.isVideo()
          ? legacyVideo(frame.keyFrame(), CODED_FRAMES, frame.compositionMillis(), data)
          : legacyAudio(CODED_FRAMES, data);
    }
    boolean offset = codec.hasCompositionTime() && frame.compositionMillis() != 0;
    int type = codec.hasCompositionTime() && !offset ? CODED_FRAMES_X : CODED_FRAMES;
    Buffer out = extended(codec, frame.track(), frame.keyFrame(), type, data.length() + 3);
    if (offset) {
      out.appendMedium(frame.compositionMillis());
    }
    return out.appendBuffer(data);
  }

  private static boolean isLegacy(FlvCodec codec, int track) {
    return track == FlvTag.MAIN && (codec == FlvCodec.H264 || codec == FlvCodec.AAC);
  }

  private static Buffer legacyVideo(boolean key, int packetType, int composition, Buffer data) {
    return Buffer.buffer(5 + data.length())
        .appendByte((byte) ((key ? KEY_FRAME : INTER_FRAME) << 4 | LEGACY_AVC))
        .appendByte((byte) packetType)
        .appendMedium(composition)
        .appendBuffer(data);
  }

  private static Buffer legacyAudio(int packetType, Buffer data) {
    return Buffer.buffer(2 + data.length())
        .appendByte((byte) LEGACY_AAC)
        .appendByte((byte) packetType)
        .appendBuffer(data);
  }

  private static Buffer extended(
      FlvCodec codec, int track, boolean key, int packetType, int length) {
    int high =
        codec.isVideo() ? EXTENDED_VIDEO | (key ? KEY_FRAME : INTER_FRAME) << 4 : EXTENDED_AUDIO;
    Buffer out = Buffer.buffer(length + 7);
    if (track == FlvTag.MAIN) {
      return out.appendByte((byte) (high | packetType)).appendInt(codec.fourCc());
    }
    int multitrack = codec.isVideo() ? MULTITRACK_VIDEO : MULTITRACK_AUDIO;
    return out.appendByte((byte) (high | multitrack))
        .appendByte((byte) packetType)
        .appendInt(codec.fourCc())
        .appendByte((byte) track);
  }
}

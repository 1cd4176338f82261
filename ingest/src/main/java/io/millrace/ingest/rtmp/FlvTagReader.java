package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.FlvTag.Channels;
import io.millrace.ingest.rtmp.FlvTag.Frame;
import io.millrace.ingest.rtmp.FlvTag.Start;
import io.millrace.ingest.rtmp.FlvTag.Unknown;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/**
 * Reads the bodies of FLV audio and video tags, which are the payloads of RTMP's audio and video
 * messages, legacy and enhanced. Data is handed on as slices of the message, not copied. What this
 * server has no use for (the end of a sequence, colour information, commands, empty tags) is passed
 * over.
 */
final class FlvTagReader {
  private static final Unknown UNKNOWN = new Unknown();
  private static final int LEGACY_AVC = 7;
  private static final int LEGACY_HEVC = 12;
  private static final int LEGACY_AAC = 10;
  private static final int EXTENDED_AUDIO = 9;
  private static final int KEY_FRAME = 1;
  private static final int COMMAND_FRAME = 5;

  private static final int SEQUENCE_START = 0;
  private static final int CODED_FRAMES = 1;
  private static final int SEQUENCE_END = 2;
  private static final int CODED_FRAMES_X = 3;
  private static final int METADATA = 4;
  private static final int MULTICHANNEL_CONFIG = 4;
  private static final int MPEG2TS_SEQUENCE_START = 5;
  private static final int MULTITRACK_AUDIO = 5;
  private static final int MULTITRACK_VIDEO = 6;
  private static final int MOD_EX = 7;
  private static final int TIMESTAMP_OFFSET_NANO = 0;
  private static final int MAX_NANOS = 999_999;

  private static final int ONE_TRACK = 0;
  private static final int MANY_TRACKS = 1;
  private static final int MANY_TRACKS_MANY_CODECS = 2;

  private final Consumer<FlvTag> out;

  // The message that is being read.
  private Buffer body = Buffer.buffer();
  private boolean video;
  private boolean keyFrame;
  private int nanos;
  private int at;

  /**
   * @param out takes what messages carry, in order
   */
  FlvTagReader(Consumer<FlvTag> out) {
    this.out = out;
  }

  /**
   * Reads a video message.
   *
   * @throws MalformedMediaException when it ends too early
   * @throws UnsupportedMediaException for a codec that is not carried, with what to do in words
   */
  void video(Buffer message) {
    if (message.length() == 0) {
      return;
    }
    begin(message, true);
    int first = message.getUnsignedByte(0);
    if ((first & 0x80) == 0) {
      legacyVideo(first >> 4, first & 0x0F);
    } else {
      keyFrame = (first >> 4 & 7) == KEY_FRAME;
      extended(first & 0x0F, (first >> 4 & 7) == COMMAND_FRAME);
    }
  }

  /** Reads an audio message; as {@link #video}. */
  void audio(Buffer message) {
    if (message.length() == 0) {
      return;
    }
    begin(message, false);
    int first = message.getUnsignedByte(0);
    if (first >> 4 == EXTENDED_AUDIO) {
      extended(first & 0x0F, false);
    } else {
      legacyAudio(first >> 4);
    }
  }

  private void begin(Buffer message, boolean isVideo) {
    body = message;
    video = isVideo;
    keyFrame = !isVideo;
    nanos = 0;
    at = 1;
  }

  private void legacyVideo(int frameType, int codecId) {
    if (frameType == COMMAND_FRAME) {
      return;
    }
    FlvCodec codec =
        switch (codecId) {
          case LEGACY_AVC -> FlvCodec.H264;
          case LEGACY_HEVC -> FlvCodec.H265;
          default -> throw FlvRefusal.legacyVideo(codecId);
        };
    keyFrame = frameType == KEY_FRAME;
    switch (body.getUnsignedByte(need(1))) {
      case SEQUENCE_START -> {
        if (body.length() > 5) {
          out.accept(new Start(codec, FlvTag.MAIN, body.slice(5, body.length())));
        }
      }
      case CODED_FRAMES -> {
        int composition = body.getMedium(need(3));
        frame(codec, FlvTag.MAIN, composition, body.length());
      }
      case SEQUENCE_END -> {}
      default -> out.accept(UNKNOWN);
    }
  }

  private void legacyAudio(int format) {
    if (format != LEGACY_AAC) {
      throw FlvRefusal.legacyAudio(format);
    }
    if (body.length() <= 2) {
      return;
    }
    switch (body.getUnsignedByte(need(1))) {
      case SEQUENCE_START ->
          out.accept(new Start(FlvCodec.AAC, FlvTag.MAIN, body.slice(at, body.length())));
      case CODED_FRAMES -> frame(FlvCodec.AAC, FlvTag.MAIN, 0, body.length());
      default -> out.accept(UNKNOWN);
    }
  }

  private void extended(int firstPacketType, boolean command) {
    int packetType = firstPacketType;
    while (packetType == MOD_EX) {
      packetType = modifier();
    }
    if (command && packetType != METADATA) {
      return;
    }
    if (packetType != (video ? MULTITRACK_VIDEO : MULTITRACK_AUDIO)) {
      int fourCc = body.getInt(need(4));
      packet(packetType, fourCc, FlvTag.MAIN, body.length());
      return;
    }
    int types = body.getUnsignedByte(need(1));
    switch (types >> 4) {
      case ONE_TRACK -> {
        int fourCc = body.getInt(need(4));
        int track = body.getUnsignedByte(need(1));
        packet(types & 0x0F, fourCc, track, body.length());
      }
      case MANY_TRACKS -> {
        int fourCc = body.getInt(need(4));
        while (at < body.length()) {
          sizedTrack(types & 0x0F, fourCc);
        }
      }
      case MANY_TRACKS_MANY_CODECS -> {
        while (at < body.length()) {
          sizedTrack(types & 0x0F, body.getInt(need(4)));
        }
      }
      default -> out.accept(UNKNOWN);
    }
  }

  /** Reads one modifier, of which those unknown have no effect, and returns the packet type. */
  private int modifier() {
    int size = body.getUnsignedByte(need(1)) + 1;
    if (size == 256) {
      size = body.getUnsignedShort(need(2)) + 1;
    }
    int data = need(size);
    int next = body.getUnsignedByte(need(1));
    if (next >> 4 == TIMESTAMP_OFFSET_NANO && size >= 3) {
      nanos = Math.min(body.getUnsignedMedium(data), MAX_NANOS);
    }
    return next & 0x0F;
  }

  private void sizedTrack(int packetType, int fourCc) {
    int track = body.getUnsignedByte(need(1));
    int size = body.getUnsignedMedium(need(3));
    int end = need(size) + size;
    at = end - size;
    packet(packetType, fourCc, track, end);
    at = end;
  }

  private void packet(int packetType, int fourCc, int track, int end) {
    FlvCodec codec = FlvCodec.of(fourCc, video);
    if (codec == null) {
      throw FlvRefusal.fourCc(fourCc, video);
    }
    if (video) {
      videoPacket(packetType, codec, track, end);
    } else {
      audioPacket(packetType, codec, track, end);
    }
  }

  private void videoPacket(int packetType, FlvCodec codec, int track, int end) {
    switch (packetType) {
      case SEQUENCE_START -> out.accept(new Start(codec, track, body.slice(at, end)));
      // AV1's video descriptor holds nothing that the sequence header in the stream lacks.
      case MPEG2TS_SEQUENCE_START -> out.accept(new Start(codec, track, Buffer.buffer()));
      case CODED_FRAMES -> {
        int composition = codec.hasCompositionTime() ? body.getMedium(need(3)) : 0;
        frame(codec, track, composition, end);
      }
      case CODED_FRAMES_X -> frame(codec, track, 0, end);
      case SEQUENCE_END, METADATA -> {}
      default -> out.accept(UNKNOWN);
    }
  }

  private void audioPacket(int packetType, FlvCodec codec, int track, int end) {
    switch (packetType) {
      case SEQUENCE_START -> out.accept(new Start(codec, track, body.slice(at, end)));
      case CODED_FRAMES -> frame(codec, track, 0, end);
      case MULTICHANNEL_CONFIG ->
          out.accept(new Channels(codec, track, body.getUnsignedByte(need(2) + 1)));
      case SEQUENCE_END -> {}
      default -> out.accept(UNKNOWN);
    }
  }

  private void frame(FlvCodec codec, int track, int compositionMillis, int end) {
    if (at < end) {
      Buffer data = body.slice(at, end);
      out.accept(new Frame(codec, track, compositionMillis, nanos, keyFrame, data));
    }
  }

  /** Steps over bytes that must be there, and returns where they begin. */
  private int need(int count) {
    if (body.length() - at < count) {
      throw new MalformedMediaException(
          video ? "video tag" : "audio tag", body.length(), "ends too early");
    }
    int from = at;
    at += count;
    return from;
  }
}

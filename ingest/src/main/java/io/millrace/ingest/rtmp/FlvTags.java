package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.FlvTag.AacFrame;
import io.millrace.ingest.rtmp.FlvTag.AacHeader;
import io.millrace.ingest.rtmp.FlvTag.AvcFrame;
import io.millrace.ingest.rtmp.FlvTag.AvcHeader;
import io.millrace.ingest.rtmp.FlvTag.Nothing;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes the bodies of FLV audio and video tags, which are the payloads of RTMP's audio
 * and video messages. Payloads of frames are slices of the message, not copies.
 */
final class FlvTags {
  private static final Nothing NOTHING = new Nothing();
  private static final int AVC = 7;
  private static final int AAC = 10;
  private static final int EXTENDED_AUDIO = 9;
  private static final int KEY_FRAME = 1;
  private static final int INTER_FRAME = 2;
  private static final int COMMAND_FRAME = 5;
  private static final String USE_H264 = "; set the encoder's video codec to H.264";
  private static final String USE_AAC = "; set the encoder's audio codec to AAC";

  private FlvTags() {}

  /**
   * Reads a video message.
   *
   * @throws MalformedMediaException when it ends too early
   * @throws UnsupportedMediaException for another codec than H.264, with what to do in words
   */
  static FlvTag video(Buffer body) {
    if (body.length() == 0) {
      return NOTHING;
    }
    int first = body.getUnsignedByte(0);
    if ((first & 0x80) != 0) {
      return extendedVideo(body);
    }
    int frameType = first >> 4;
    int codec = first & 0x0F;
    if (frameType == COMMAND_FRAME) {
      return NOTHING;
    }
    if (codec != AVC) {
      throw new UnsupportedMediaException(videoCodec(codec) + " is not supported" + USE_H264);
    }
    need("AVC tag", body, 2);
    return switch (body.getUnsignedByte(1)) {
      case 0 -> avcHeader(body, 5);
      case 1 -> {
        need("AVC tag", body, 5);
        yield avcFrame(body, 5, body.getMedium(2), frameType == KEY_FRAME);
      }
      default -> NOTHING;
    };
  }

  /**
   * Reads an audio message.
   *
   * @throws MalformedMediaException when it ends too early
   * @throws UnsupportedMediaException for another codec than AAC, with what to do in words
   */
  static FlvTag audio(Buffer body) {
    if (body.length() == 0) {
      return NOTHING;
    }
    int format = body.getUnsignedByte(0) >> 4;
    if (format == EXTENDED_AUDIO) {
      return extendedAudio(body);
    }
    if (format != AAC) {
      throw new UnsupportedMediaException(audioCodec(format) + " is not supported" + USE_AAC);
    }
    if (body.length() <= 2) {
      return NOTHING;
    }
    Buffer data = body.slice(2, body.length());
    return body.getByte(1) == 0 ? new AacHeader(data) : aacFrame(data);
  }

  static Buffer write(AvcHeader header) {
    return Buffer.buffer(5 + header.record().length())
        .appendByte((byte) (KEY_FRAME << 4 | AVC))
        .appendInt(0)
        .appendBuffer(header.record());
  }

  static Buffer write(AvcFrame frame) {
    int frameType = frame.keyFrame() ? KEY_FRAME : INTER_FRAME;
    return Buffer.buffer(5 + frame.nals().length())
        .appendByte((byte) (frameType << 4 | AVC))
        .appendByte((byte) 1)
        .appendMedium(frame.compositionMillis())
        .appendBuffer(frame.nals());
  }

  /** Sound rate, size and type are the fixed values that go with AAC. */
  static Buffer write(AacHeader header) {
    return aac(0, header.record());
  }

  static Buffer write(AacFrame frame) {
    return aac(1, frame.data());
  }

  private static Buffer aac(int packetType, Buffer data) {
    return Buffer.buffer(2 + data.length())
        .appendByte((byte) 0xAF)
        .appendByte((byte) packetType)
        .appendBuffer(data);
  }

  private static FlvTag extendedVideo(Buffer body) {
    int frameType = body.getUnsignedByte(0) >> 4 & 7;
    ExtendedHeader header =
        ExtendedHeader.read("extended video tag", body, ExtendedHeader.MULTITRACK_VIDEO);
    if (header.multitrack()) {
      throw new UnsupportedMediaException("multitrack video is not supported; send one track");
    }
    if (frameType == COMMAND_FRAME) {
      return NOTHING;
    }
    if (!header.fourCc().equals("avc1")) {
      throw new UnsupportedMediaException(name(header.fourCc()) + " is not supported" + USE_H264);
    }
    boolean key = frameType == KEY_FRAME;
    return switch (header.packetType()) {
      case 0 -> avcHeader(body, header.length());
      case 1 -> {
        need("extended video tag", body, header.length() + 3);
        yield avcFrame(body, header.length() + 3, body.getMedium(header.length()), key);
      }
      case 3 -> avcFrame(body, header.length(), 0, key);
      default -> NOTHING;
    };
  }

  private static FlvTag extendedAudio(Buffer body) {
    ExtendedHeader header =
        ExtendedHeader.read("extended audio tag", body, ExtendedHeader.MULTITRACK_AUDIO);
    if (header.multitrack()) {
      throw new UnsupportedMediaException("multitrack audio is not supported; send one track");
    }
    if (!header.fourCc().equals("mp4a")) {
      throw new UnsupportedMediaException(name(header.fourCc()) + " is not supported" + USE_AAC);
    }
    Buffer data = body.slice(header.length(), body.length());
    return data.length() == 0
        ? NOTHING
        : switch (header.packetType()) {
          case 0 -> new AacHeader(data);
          case 1 -> aacFrame(data);
          default -> NOTHING;
        };
  }

  private static FlvTag avcHeader(Buffer body, int from) {
    return body.length() <= from ? NOTHING : new AvcHeader(body.slice(from, body.length()));
  }

  private static FlvTag avcFrame(Buffer body, int from, int compositionMillis, boolean key) {
    return body.length() <= from
        ? NOTHING
        : new AvcFrame(compositionMillis, key, body.slice(from, body.length()));
  }

  /** Takes off an ADTS header that an encoder has left on by mistake (ISO/IEC 14496-3 1.A.2.2). */
  private static AacFrame aacFrame(Buffer data) {
    if (data.length() > 7
        && data.getUnsignedByte(0) == 0xFF
        && (data.getByte(1) & 0xF6) == 0xF0
        && (data.getUnsignedMedium(3) >> 5 & 0x1FFF) == data.length()) {
      int header = (data.getByte(1) & 1) == 1 ? 7 : 9;
      return new AacFrame(data.slice(Math.min(header, data.length()), data.length()));
    }
    return new AacFrame(data);
  }

  private static void need(String where, Buffer body, int length) {
    if (body.length() < length) {
      throw new MalformedMediaException(where, body.length(), "ends too early");
    }
  }

  private static String videoCodec(int codec) {
    return switch (codec) {
      case 2 -> "Sorenson H.263";
      case 3, 6 -> "Screen Video";
      case 4, 5 -> "VP6";
      case 12 -> "H.265 (HEVC)";
      case 13 -> "AV1";
      default -> "video codec " + codec;
    };
  }

  private static String audioCodec(int format) {
    return switch (format) {
      case 0, 3 -> "PCM audio";
      case 1 -> "ADPCM audio";
      case 2, 14 -> "MP3 audio";
      case 4, 5, 6 -> "Nellymoser audio";
      case 7, 8 -> "G.711 audio";
      case 11 -> "Speex audio";
      case 13 -> "Opus audio";
      default -> "audio format " + format;
    };
  }

  private static String name(String fourCc) {
    return switch (fourCc) {
      case "hvc1" -> "H.265 (HEVC)";
      case "av01" -> "AV1";
      case "vp09" -> "VP9";
      case "vp08" -> "VP8";
      case "Opus" -> "Opus audio";
      case "fLaC" -> "FLAC audio";
      case "ac-3", "ec-3" -> "Dolby Digital audio";
      case ".mp3" -> "MP3 audio";
      default -> "codec '" + fourCc.replaceAll("[^ -~]", "?") + "'";
    };
  }

  /**
   * The header of an Enhanced RTMP tag, after any modifiers.
   *
   * @param length bytes before the packet's own data
   */
  private record ExtendedHeader(int packetType, String fourCc, boolean multitrack, int length) {
    private static final int MULTITRACK_VIDEO = 6;
    private static final int MULTITRACK_AUDIO = 5;
    private static final int MODIFIER = 7;

    static ExtendedHeader read(String where, Buffer body, int multitrack) {
      int packetType = body.getByte(0) & 0x0F;
      int at = 1;
      while (packetType == MODIFIER) {
        need(where, body, at + 1);
        int size = body.getUnsignedByte(at++) + 1;
        if (size == 256) {
          need(where, body, at + 2);
          size = body.getUnsignedShort(at) + 1;
          at += 2;
        }
        need(where, body, at + size + 1);
        at += size;
        packetType = body.getByte(at++) & 0x0F;
      }
      if (packetType == multitrack) {
        return new ExtendedHeader(packetType, "", true, at);
      }
      need(where, body, at + 4);
      String fourCc = new String(body.getBytes(at, at + 4), StandardCharsets.ISO_8859_1);
      return new ExtendedHeader(packetType, fourCc, false, at + 4);
    }
  }
}

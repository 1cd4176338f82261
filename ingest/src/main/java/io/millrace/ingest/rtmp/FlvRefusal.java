package io.millrace.ingest.rtmp;

import io.millrace.media.UnsupportedMediaException;

/** What is said to the sender of a codec that this server does not carry. */
final class FlvRefusal {
  /** Both codecs at once, because ffmpeg's defaults for RTMP are both wrong here. */
  private static final String USE_VIDEO =
      "set the encoder's video codec to H.264 (in ffmpeg: -c:v libx264 -c:a aac)";

  private static final String USE_AUDIO =
      "set the encoder's audio codec to AAC (in ffmpeg: -c:a aac)";

  private FlvRefusal() {}

  /** For a codec id of a legacy video tag. */
  static UnsupportedMediaException legacyVideo(int codecId) {
    return refused(
        switch (codecId) {
          case 2 -> "Sorenson H.263";
          case 3, 6 -> "Screen Video";
          case 4, 5 -> "VP6";
          case 13 -> "AV1 without Enhanced RTMP";
          default -> "video codec " + codecId;
        },
        USE_VIDEO);
  }

  /** For a sound format of a legacy audio tag. */
  static UnsupportedMediaException legacyAudio(int format) {
    return refused(
        switch (format) {
          case 0, 3 -> "PCM audio";
          case 1 -> "ADPCM audio";
          case 2, 14 -> "MP3 audio";
          case 4, 5, 6 -> "Nellymoser audio";
          case 7, 8 -> "G.711 audio";
          case 11 -> "Speex audio";
          case 13 -> "Opus audio without Enhanced RTMP";
          default -> "audio format " + format;
        },
        USE_AUDIO);
  }

  /** For a FourCC of an extended tag. */
  static UnsupportedMediaException fourCc(int fourCc, boolean video) {
    String text =
        ""
            + (char) (fourCc >>> 24)
            + (char) (fourCc >> 16 & 0xFF)
            + (char) (fourCc >> 8 & 0xFF)
            + (char) (fourCc & 0xFF);
    return refused(
        switch (text) {
          case "vp08" -> "VP8";
          case "vvc1" -> "H.266 (VVC)";
          case ".mp3" -> "MP3 audio";
          default -> "codec '" + text.replaceAll("[^ -~]", "?") + "'";
        },
        video ? USE_VIDEO : USE_AUDIO);
  }

  private static UnsupportedMediaException refused(String what, String instead) {
    return new UnsupportedMediaException(what + " is not supported; " + instead);
  }
}

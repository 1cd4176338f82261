package io.millrace.transcoder;

import io.millrace.transcoding.protocol.Codec;
import io.millrace.transcoding.protocol.Latency;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** An encoder of pictures, by the word of the configuration, and what it is told. */
enum EncoderKind {
  X264("x264", "libx264", Codec.H264),
  OPENH264("openh264", "libopenh264", Codec.H264),
  NVENC("nvenc", "h264_nvenc", Codec.H264),
  VAAPI("vaapi", "h264_vaapi", Codec.H264),
  SVT_AV1("svt-av1", "libsvtav1", Codec.AV1);

  private final String word;
  private final String library;
  private final Codec codec;

  EncoderKind(String word, String library, Codec codec) {
    this.word = word;
    this.library = library;
    this.codec = codec;
  }

  static Optional<EncoderKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
  }

  String word() {
    return word;
  }

  /** What FFmpeg calls it. */
  String library() {
    return library;
  }

  Codec codec() {
    return codec;
  }

  /** Whether its pictures are on a device of {@code AV_HWDEVICE_TYPE_VAAPI}. */
  boolean isOnDevice() {
    return this == VAAPI;
  }

  /** Whether it writes the captions that come with pictures; H.264's do but for OpenH264. */
  boolean writesCaptions() {
    return this != OPENH264 && this != SVT_AV1;
  }

  /**
   * Its options. No key frame is its own idea: they come where they are asked for, and each is one
   * behind which nothing refers to what is before it.
   */
  Map<String, String> options(Latency latency) {
    boolean low = latency == Latency.LOW;
    Map<String, String> options = new LinkedHashMap<>();
    switch (this) {
      case X264 -> {
        options.put("preset", "veryfast");
        // As good as the other; what is not looked at ahead is given more than it needs.
        options.put("crf", low ? "25" : "23");
        options.put("forced-idr", "1");
        options.put(
            "x264-params",
            "keyint=infinite:scenecut=0:open-gop=0:sliced-threads=0:threads=1:sync-lookahead=0:"
                + (low ? "bframes=0:rc-lookahead=0:mbtree=0" : "bframes=2:rc-lookahead=5"));
      }
      case OPENH264 -> {
        options.put("rc_mode", "bitrate");
        options.put("allow_skip_frames", "0");
      }
      case NVENC -> {
        options.put("preset", "p4");
        options.put("tune", low ? "ll" : "hq");
        options.put("rc", "vbr");
        options.put("cq", "23");
        options.put("forced-idr", "1");
        options.put("no-scenecut", "1");
        options.put("zerolatency", low ? "1" : "0");
      }
      case VAAPI -> options.put("rc_mode", "VBR");
      case SVT_AV1 -> {
        options.put("preset", "10");
        options.put("crf", "35");
        options.put(
            "svtav1-params", "scd=0:irefresh-type=2:" + (low ? "pred-struct=1" : "pred-struct=2"));
      }
    }
    return options;
  }
}

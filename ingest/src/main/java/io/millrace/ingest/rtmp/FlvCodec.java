package io.millrace.ingest.rtmp;

import org.jspecify.annotations.Nullable;

/**
 * The codecs that FLV tags carry to this server, by the FourCC of Enhanced RTMP; the legacy tags'
 * numbers mean the same.
 */
enum FlvCodec {
  H264("avc1", true),
  H265("hvc1", true),
  AV1("av01", true),
  VP9("vp09", true),
  AAC("mp4a", false),
  OPUS("Opus", false),
  FLAC("fLaC", false),
  AC3("ac-3", false),
  EAC3("ec-3", false);

  private static final FlvCodec[] ALL = values();

  private final int fourCc;
  private final boolean video;

  FlvCodec(String fourCc, boolean video) {
    this.fourCc = fourCc(fourCc);
    this.video = video;
  }

  /** The codec of a FourCC, or null where this server carries none of that name and kind. */
  static @Nullable FlvCodec of(int fourCc, boolean video) {
    for (FlvCodec codec : ALL) {
      if (codec.fourCc == fourCc && codec.video == video) {
        return codec;
      }
    }
    return null;
  }

  /** Four bytes of ASCII, the first one highest. */
  private static int fourCc(String name) {
    return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
  }

  int fourCc() {
    return fourCc;
  }

  boolean isVideo() {
    return video;
  }

  /** Whether coded frames carry a composition time (Enhanced RTMP, ExVideoTagBody). */
  boolean hasCompositionTime() {
    return this == H264 || this == H265;
  }
}

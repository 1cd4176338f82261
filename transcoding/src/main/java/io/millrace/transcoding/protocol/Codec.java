package io.millrace.transcoding.protocol;

import java.util.Optional;

/** How a track is coded. The numbers go over the wire: they never change. */
public enum Codec {
  /** As length-prefixed NAL units; the record is an {@code avcC}. */
  H264(1, true),
  /** As length-prefixed NAL units; the record is an {@code hvcC}. */
  HEVC(2, true),
  /** As temporal units without delimiters; the record is an {@code av1C}, or a sequence header. */
  AV1(3, true),
  /** The record is empty. */
  VP9(4, true),
  /** Raw access units; the record is an AudioSpecificConfig. */
  AAC(16, false),
  /** The record is an OpusHead. */
  OPUS(17, false),
  /** The record is a STREAMINFO. */
  FLAC(18, false),
  /** The record is empty. */
  AC3(19, false),
  /** The record is empty. */
  EAC3(20, false);

  private final int number;
  private final boolean video;

  Codec(int number, boolean video) {
    this.number = number;
    this.video = video;
  }

  int number() {
    return number;
  }

  public boolean isVideo() {
    return video;
  }

  static Optional<Codec> of(int number) {
    for (Codec codec : values()) {
      if (codec.number == number) {
        return Optional.of(codec);
      }
    }
    return Optional.empty();
  }
}

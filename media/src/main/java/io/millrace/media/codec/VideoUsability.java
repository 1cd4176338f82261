package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;

/**
 * What the video usability information of a sequence parameter set says (ISO/IEC 14496-10 annex E,
 * 23008-2 annex E).
 */
record VideoUsability(ColorInfo color, AspectRatio aspectRatio, double frameRate) {
  static final VideoUsability NONE =
      new VideoUsability(ColorInfo.UNSPECIFIED, AspectRatio.SQUARE, 0);

  static VideoUsability avc(BitReader in) {
    return read(in, false);
  }

  static VideoUsability hevc(BitReader in) {
    return read(in, true);
  }

  /** Decoding works without it, so one that is cut off counts as far as it can be read. */
  private static VideoUsability read(BitReader in, boolean hevc) {
    AspectRatio aspectRatio = AspectRatio.SQUARE;
    ColorInfo color = ColorInfo.UNSPECIFIED;
    double frameRate = 0;
    try {
      if (in.flag()) {
        aspectRatio = AspectRatio.read(in);
      }
      if (in.flag()) {
        in.flag();
      }
      if (in.flag()) {
        color = color(in);
      }
      if (in.flag()) {
        in.unsignedExpGolomb();
        in.unsignedExpGolomb();
      }
      if (hevc) {
        in.skip(3);
        if (in.flag()) {
          for (int i = 0; i < 4; i++) {
            in.unsignedExpGolomb();
          }
        }
      }
      if (in.flag()) {
        long unitsInTick = in.bits(32);
        long timeScale = in.bits(32);
        // AVC counts fields, HEVC pictures.
        frameRate = unitsInTick == 0 ? 0 : (double) timeScale / unitsInTick / (hevc ? 1 : 2);
      }
    } catch (MalformedMediaException e) {
      frameRate = 0;
    }
    return new VideoUsability(color, aspectRatio, frameRate);
  }

  private static ColorInfo color(BitReader in) {
    in.skip(3);
    boolean fullRange = in.flag();
    if (!in.flag()) {
      return new ColorInfo(2, 2, 2, fullRange);
    }
    return new ColorInfo(in.integer(8), in.integer(8), in.integer(8), fullRange);
  }
}

package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * What a sequence parameter set says of the picture (ISO/IEC 14496-10 7.3.2.1.1).
 *
 * @param constraints the byte between profile and level
 */
public record AvcPicture(int profile, int constraints, int level, PictureFormat format) {
  /** From profile to level, before the id of the parameter set. */
  static final int PROFILE_AND_LEVEL_BITS = 24;

  private static final int MAX_DIMENSION = PictureFormat.MAX_DIMENSION;

  /** Luma samples after cropping. */
  public int width() {
    return format.width();
  }

  /** Luma samples after cropping. */
  public int height() {
    return format.height();
  }

  /**
   * @param nal the whole NAL unit with its one-byte header
   * @throws MalformedMediaException when it is not a readable sequence parameter set
   */
  public static AvcPicture parse(Buffer nal) {
    if (nal.length() < 5 || AvcNal.type(nal.getByte(0)) != AvcNal.SPS) {
      throw new MalformedMediaException("SPS", 0, "is not a sequence parameter set");
    }
    BitReader in = ParameterSets.bits("SPS", nal, AvcNal.HEADER);
    int profile = in.integer(8);
    int constraints = in.integer(8);
    int level = in.integer(8);
    in.unsignedExpGolomb();
    int chromaFormat = 1;
    boolean separatePlanes = false;
    int bitDepth = 8;
    if (hasChromaFormat(profile)) {
      chromaFormat = in.unsignedExpGolomb();
      if (chromaFormat > 3) {
        throw in.malformed("chroma format " + chromaFormat);
      }
      if (chromaFormat == 3) {
        separatePlanes = in.flag();
      }
      bitDepth = 8 + in.count("bit depth of 8 and", 6);
      if (8 + in.count("bit depth of 8 and", 6) != bitDepth) {
        throw in.malformed("luma and chroma of different bit depths");
      }
      in.flag();
      if (in.flag()) {
        skipScalingLists(in, chromaFormat == 3 ? 12 : 8);
      }
    }
    in.unsignedExpGolomb();
    skipPictureOrderCount(in);
    in.unsignedExpGolomb();
    in.flag();
    int widthInMacroblocks = in.unsignedExpGolomb() + 1;
    int heightInMapUnits = in.unsignedExpGolomb() + 1;
    boolean framesOnly = in.flag();
    if (!framesOnly) {
      in.flag();
    }
    in.flag();
    if (widthInMacroblocks > MAX_DIMENSION / 16 || heightInMapUnits > MAX_DIMENSION / 16) {
      throw in.malformed("picture is larger than " + MAX_DIMENSION);
    }
    int width = widthInMacroblocks * 16;
    int height = heightInMapUnits * 16 * (framesOnly ? 1 : 2);
    if (in.flag()) {
      boolean subsampled = chromaFormat != 0 && !separatePlanes;
      int unitX = subsampled && chromaFormat != 3 ? 2 : 1;
      int unitY = (subsampled && chromaFormat == 1 ? 2 : 1) * (framesOnly ? 1 : 2);
      long cropX = (long) unitX * ((long) in.unsignedExpGolomb() + in.unsignedExpGolomb());
      long cropY = (long) unitY * ((long) in.unsignedExpGolomb() + in.unsignedExpGolomb());
      if (cropX >= width || cropY >= height) {
        throw in.malformed("cropping leaves no picture");
      }
      width -= (int) cropX;
      height -= (int) cropY;
    }
    VideoUsability usability = in.flag() ? VideoUsability.avc(in) : VideoUsability.NONE;
    PictureFormat format =
        new PictureFormat(
            width,
            height,
            chromaFormat,
            bitDepth,
            usability.color(),
            usability.aspectRatio(),
            usability.frameRate());
    return new AvcPicture(profile, constraints, level, format);
  }

  /** Profiles whose parameter sets carry chroma format and bit depths. */
  static boolean hasChromaFormat(int profile) {
    return switch (profile) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
      default -> false;
    };
  }

  private static void skipScalingLists(BitReader in, int count) {
    for (int i = 0; i < count; i++) {
      if (in.flag()) {
        int last = 8;
        int next = 8;
        for (int j = 0; j < (i < 6 ? 16 : 64); j++) {
          if (next != 0) {
            next = (last + in.signedExpGolomb() + 256) & 0xFF;
          }
          last = next == 0 ? last : next;
        }
      }
    }
  }

  private static void skipPictureOrderCount(BitReader in) {
    int type = in.unsignedExpGolomb();
    if (type == 0) {
      in.unsignedExpGolomb();
    } else if (type == 1) {
      in.flag();
      in.signedExpGolomb();
      in.signedExpGolomb();
      int count = in.unsignedExpGolomb();
      if (count > 255) {
        throw in.malformed("picture order count cycle of " + count);
      }
      for (int i = 0; i < count; i++) {
        in.signedExpGolomb();
      }
    } else if (type != 2) {
      throw in.malformed("picture order count type " + type);
    }
  }
}

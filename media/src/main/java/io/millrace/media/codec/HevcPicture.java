package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * What a sequence parameter set of HEVC says of the picture (ISO/IEC 23008-2 7.3.2.2).
 *
 * @param profileSpace 0 to 3
 * @param tier 0 is Main, 1 is High
 * @param compatibility {@code general_profile_compatibility_flag}s, the first one highest
 * @param constraints the 48 bits of flags behind them
 * @param level thirty times its number: 93 is 3.1
 * @param temporalLayers 1 to 7
 */
public record HevcPicture(
    int profileSpace,
    int tier,
    int profile,
    int compatibility,
    long constraints,
    int level,
    int temporalLayers,
    boolean temporalIdNested,
    int chromaBitDepth,
    PictureFormat format) {
  private static final int GENERAL_PROFILE_BITS = 88;
  private static final int LEVEL_BITS = 8;
  private static final int MAX_SETS = 64;
  private static final int MAX_PICTURES = 16;

  /** Luma samples after cropping. */
  public int width() {
    return format.width();
  }

  /** Luma samples after cropping. */
  public int height() {
    return format.height();
  }

  /**
   * @param nal the whole NAL unit with its two-byte header
   * @throws MalformedMediaException when it is not a readable sequence parameter set
   */
  public static HevcPicture parse(Buffer nal) {
    if (nal.length() < 3 || HevcNal.type(nal.getByte(0)) != HevcNal.SPS) {
      throw new MalformedMediaException("SPS", 0, "is not a sequence parameter set");
    }
    BitReader in = ParameterSets.bits("SPS", nal, HevcNal.HEADER);
    in.skip(4);
    int subLayers = in.integer(3);
    if (subLayers == 7) {
      throw in.malformed("eight temporal layers");
    }
    boolean nested = in.flag();
    int profileSpace = in.integer(2);
    int tier = in.integer(1);
    int profile = in.integer(5);
    int compatibility = (int) in.bits(32);
    long constraints = in.bits(24) << 24 | in.bits(24);
    int level = in.integer(8);
    skipSubLayers(in, subLayers);
    in.count("parameter set", 15);
    int chromaFormat = in.count("chroma format", 3);
    boolean separatePlanes = chromaFormat == 3 && in.flag();
    long width = in.unsignedExpGolomb();
    long height = in.unsignedExpGolomb();
    if (in.flag()) {
      boolean subsampled = chromaFormat != 0 && !separatePlanes;
      int unitX = subsampled && chromaFormat != 3 ? 2 : 1;
      int unitY = subsampled && chromaFormat == 1 ? 2 : 1;
      width -= unitX * ((long) in.unsignedExpGolomb() + in.unsignedExpGolomb());
      height -= unitY * ((long) in.unsignedExpGolomb() + in.unsignedExpGolomb());
    }
    int most = PictureFormat.MAX_DIMENSION;
    if (width < 1 || height < 1 || width > most || height > most) {
      throw in.malformed("picture of " + width + " by " + height);
    }
    int bitDepth = 8 + in.count("bit depth of 8 and", 8);
    int chromaBitDepth = 8 + in.count("bit depth of 8 and", 8);
    skipToUsability(in, subLayers);
    VideoUsability usability = in.flag() ? VideoUsability.hevc(in) : VideoUsability.NONE;
    return new HevcPicture(
        profileSpace,
        tier,
        profile,
        compatibility,
        constraints,
        level,
        subLayers + 1,
        nested,
        chromaBitDepth,
        new PictureFormat(
            (int) width,
            (int) height,
            chromaFormat,
            bitDepth,
            usability.color(),
            usability.aspectRatio(),
            usability.frameRate()));
  }

  /** Whether a decoder that was set up for one can go on with the other. */
  boolean decodesLike(HevcPicture other) {
    return profileSpace == other.profileSpace
        && tier == other.tier
        && profile == other.profile
        && level == other.level
        && chromaBitDepth == other.chromaBitDepth
        && format.decodesLike(other.format);
  }

  /** The id of a sequence parameter set that is read from behind its header. */
  static int sequenceId(BitReader in) {
    in.skip(4);
    int subLayers = in.integer(3);
    in.skip(1 + GENERAL_PROFILE_BITS + LEVEL_BITS);
    skipSubLayers(in, subLayers);
    return in.unsignedExpGolomb();
  }

  /** The rest of profile_tier_level (7.3.3). */
  private static void skipSubLayers(BitReader in, int subLayers) {
    int bits = 0;
    for (int i = 0; i < (subLayers == 0 ? 0 : 8); i++) {
      bits += (in.flag() ? GENERAL_PROFILE_BITS : 0) + (in.flag() ? LEVEL_BITS : 0);
    }
    in.skip(bits);
  }

  private static void skipToUsability(BitReader in, int subLayers) {
    int orderBits = 4 + in.count("picture order count of bits 4 and", 12);
    for (int i = in.flag() ? 0 : subLayers; i <= subLayers; i++) {
      in.unsignedExpGolomb();
      in.unsignedExpGolomb();
      in.unsignedExpGolomb();
    }
    for (int i = 0; i < 6; i++) {
      in.unsignedExpGolomb();
    }
    boolean scaled = in.flag();
    if (scaled && in.flag()) {
      skipScalingLists(in);
    }
    in.skip(2);
    if (in.flag()) {
      in.skip(8);
      in.unsignedExpGolomb();
      in.unsignedExpGolomb();
      in.flag();
    }
    skipReferencePictureSets(in);
    if (in.flag()) {
      in.skip(in.count("long-term references", 32) * (orderBits + 1));
    }
    in.skip(2);
  }

  /** ISO/IEC 23008-2 7.3.4. */
  private static void skipScalingLists(BitReader in) {
    for (int size = 0; size < 4; size++) {
      for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
        if (!in.flag()) {
          in.unsignedExpGolomb();
          continue;
        }
        int coefficients = Math.min(64, 1 << (4 + (size << 1))) + (size > 1 ? 1 : 0);
        for (int i = 0; i < coefficients; i++) {
          in.signedExpGolomb();
        }
      }
    }
  }

  /** ISO/IEC 23008-2 7.3.7: a set may be told as a difference from the one before it. */
  private static void skipReferencePictureSets(BitReader in) {
    int sets = in.count("reference picture sets", MAX_SETS);
    int pictures = 0;
    for (int set = 0; set < sets; set++) {
      if (set > 0 && in.flag()) {
        in.flag();
        in.unsignedExpGolomb();
        int kept = 0;
        for (int i = 0; i <= pictures; i++) {
          boolean used = in.flag();
          kept += used || in.flag() ? 1 : 0;
        }
        pictures = kept;
      } else {
        int negative = in.count("reference pictures", MAX_PICTURES);
        int positive = in.count("reference pictures", MAX_PICTURES);
        pictures = negative + positive;
        for (int i = 0; i < pictures; i++) {
          in.unsignedExpGolomb();
          in.flag();
        }
      }
    }
  }
}

package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * What a sequence header OBU says of the picture (AV1 5.5).
 *
 * @param level {@code seq_level_idx} of the first operating point
 * @param tier 0 is Main, 1 is High
 * @param chromaSamplePosition 0 is unknown, 1 vertical, 2 colocated
 * @param subsamplingX 1 where chroma has half the width
 * @param subsamplingY 1 where chroma has half the height
 */
public record Av1SequenceHeader(
    int profile,
    int level,
    int tier,
    int subsamplingX,
    int subsamplingY,
    int chromaSamplePosition,
    boolean colorTold,
    PictureFormat format) {
  private static final String WHERE = "sequence header";
  private static final int SELECT = 2;
  private static final int SRGB = 13;

  /**
   * @param obu the whole OBU with its header
   * @throws MalformedMediaException when it is not a readable sequence header
   */
  public static Av1SequenceHeader parse(Buffer obu) {
    Av1Obu unit = obu.length() == 0 ? null : Av1Obu.walk(obu, 0).get(0);
    if (unit == null || unit.type() != Av1Obu.SEQUENCE_HEADER) {
      throw new MalformedMediaException(WHERE, 0, "is not a sequence header");
    }
    return new Reader(new BitReader(WHERE, obu.slice(unit.payload(), unit.end()))).read();
  }

  /** Whether every frame is a key frame without a type of its own. */
  static boolean isReduced(Buffer data, Av1Obu obu) {
    return obu.end() > obu.payload() && (data.getByte(obu.payload()) & 0x08) != 0;
  }

  /** Whether a decoder that was set up for one can go on with the other. */
  boolean decodesLike(Av1SequenceHeader other) {
    return profile == other.profile
        && level == other.level
        && tier == other.tier
        && format.decodesLike(other.format);
  }

  /** Reads one header, field after field. */
  private static final class Reader {
    private final BitReader in;
    private int level;
    private int tier;
    private double frameRate;
    private int delayBits;
    private boolean decoderModel;

    Reader(BitReader in) {
      this.in = in;
    }

    Av1SequenceHeader read() {
      int profile = in.integer(3);
      if (profile > 2) {
        throw in.malformed("profile " + profile);
      }
      in.flag();
      boolean reduced = in.flag();
      if (reduced) {
        level = in.integer(5);
      } else {
        timing();
        operatingPoints();
      }
      int widthBits = in.integer(4) + 1;
      int heightBits = in.integer(4) + 1;
      int width = in.integer(widthBits) + 1;
      int height = in.integer(heightBits) + 1;
      if (width > PictureFormat.MAX_DIMENSION || height > PictureFormat.MAX_DIMENSION) {
        throw in.malformed("picture of " + width + " by " + height);
      }
      tools(reduced);
      return color(profile, width, height);
    }

    private void timing() {
      if (!in.flag()) {
        return;
      }
      long unitsInTick = in.bits(32);
      long timeScale = in.bits(32);
      if (in.flag()) {
        long ticks = in.unsignedExpGolomb() + 1L;
        frameRate = unitsInTick == 0 ? 0 : (double) timeScale / unitsInTick / ticks;
      }
      decoderModel = in.flag();
      if (decoderModel) {
        delayBits = in.integer(5) + 1;
        in.skip(32 + 5 + 5);
      }
    }

    private void operatingPoints() {
      boolean displayDelay = in.flag();
      int points = in.integer(5) + 1;
      for (int point = 0; point < points; point++) {
        in.skip(12);
        int pointLevel = in.integer(5);
        int pointTier = pointLevel > 7 ? in.integer(1) : 0;
        if (point == 0) {
          level = pointLevel;
          tier = pointTier;
        }
        if (decoderModel && in.flag()) {
          in.skip(2 * delayBits + 1);
        }
        if (displayDelay && in.flag()) {
          in.skip(4);
        }
      }
    }

    private void tools(boolean reduced) {
      if (!reduced && in.flag()) {
        in.skip(4 + 3);
      }
      in.skip(3);
      if (!reduced) {
        in.skip(4);
        boolean orderHint = in.flag();
        if (orderHint) {
          in.skip(2);
        }
        int screenContent = in.flag() ? SELECT : in.integer(1);
        if (screenContent > 0 && !in.flag()) {
          in.skip(1);
        }
        if (orderHint) {
          in.skip(3);
        }
      }
      in.skip(3);
    }

    private Av1SequenceHeader color(int profile, int width, int height) {
      int bitDepth = in.flag() ? 10 : 8;
      if (profile == 2 && bitDepth == 10 && in.flag()) {
        bitDepth = 12;
      }
      boolean monochrome = profile != 1 && in.flag();
      boolean told = in.flag();
      int primaries = told ? in.integer(8) : 2;
      int transfer = told ? in.integer(8) : 2;
      int matrix = told ? in.integer(8) : 2;
      boolean fullRange = true;
      int halfWidth = 1;
      int halfHeight = 1;
      int position = 0;
      if (!monochrome && primaries == 1 && transfer == SRGB && matrix == 0) {
        halfWidth = 0;
        halfHeight = 0;
      } else {
        fullRange = in.flag();
        if (!monochrome && profile == 1) {
          halfWidth = 0;
          halfHeight = 0;
        } else if (!monochrome && profile == 2) {
          halfWidth = bitDepth == 12 ? in.integer(1) : 1;
          halfHeight = bitDepth == 12 && halfWidth == 1 ? in.integer(1) : 0;
        }
        if (!monochrome && halfWidth == 1 && halfHeight == 1) {
          position = in.integer(2);
        }
      }
      int chromaFormat = monochrome ? 0 : halfWidth == 0 ? 3 : halfHeight == 0 ? 2 : 1;
      return new Av1SequenceHeader(
          profile,
          level,
          tier,
          halfWidth,
          halfHeight,
          position,
          told,
          new PictureFormat(
              width,
              height,
              chromaFormat,
              bitDepth,
              new ColorInfo(primaries, transfer, matrix, fullRange),
              AspectRatio.SQUARE,
              frameRate));
    }
  }
}

package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * The VP codec configuration record of VP9 (VP Codec ISO Media File Format Binding 2.2). It does
 * not tell the picture's size: the header of a key frame does ({@link Vp9FrameHeader}).
 *
 * @param level ten times its number: 31 is 3.1; 0 where it is unknown
 * @param chromaSubsampling 0 is 4:2:0 vertical, 1 is 4:2:0 colocated, 2 is 4:2:2, 3 is 4:4:4
 */
public record Vp9Configuration(
    int profile, int level, int bitDepth, int chromaSubsampling, ColorInfo color)
    implements CodecConfiguration {
  private static final String WHERE = "vpcC";
  private static final int FIXED_BYTES = 8;

  /** Luma samples that each level allows (VP9 annex A); 4.1 and up differ in rate before size. */
  private static final int[][] LEVELS = {
    {10, 36_864},
    {11, 73_728},
    {20, 122_880},
    {21, 245_760},
    {30, 552_960},
    {31, 983_040},
    {41, 2_228_224},
    {51, 8_912_896},
    {61, 35_651_584}
  };

  /**
   * Reads a record, with or without the version and flags that a {@code vpcC} box has before it.
   *
   * @throws MalformedMediaException when the record breaks its form
   */
  public static Vp9Configuration parse(Buffer record) {
    ParameterSets.need(WHERE, record, 0, FIXED_BYTES);
    // Without the version this would be profile 1 with no level and no bits.
    int at = record.getInt(0) == 0x01000000 ? 4 : 0;
    ParameterSets.need(WHERE, record, at, FIXED_BYTES);
    int profile = record.getUnsignedByte(at);
    int level = record.getUnsignedByte(at + 1);
    int bits = record.getUnsignedByte(at + 2);
    int bitDepth = bits >> 4;
    int chromaSubsampling = bits >> 1 & 7;
    if (profile > 3 || level > 99) {
      throw new MalformedMediaException(WHERE, at, "profile " + profile + ", level " + level);
    }
    if ((bitDepth != 8 && bitDepth != 10 && bitDepth != 12) || chromaSubsampling > 3) {
      throw new MalformedMediaException(WHERE, at + 2, "sample format " + bits);
    }
    return new Vp9Configuration(
        profile,
        level,
        bitDepth,
        chromaSubsampling,
        new ColorInfo(
            record.getUnsignedByte(at + 3),
            record.getUnsignedByte(at + 4),
            record.getUnsignedByte(at + 5),
            (bits & 1) == 1));
  }

  /** With the least usual level for a picture, where none is told. */
  public Vp9Configuration withLevelFor(int width, int height) {
    if (level > 0) {
      return this;
    }
    int found = 62;
    for (int i = LEVELS.length - 1; i >= 0; i--) {
      found = (long) width * height <= LEVELS[i][1] ? LEVELS[i][0] : found;
    }
    return new Vp9Configuration(profile, found, bitDepth, chromaSubsampling, color);
  }

  /** {@code vp09.PP.LL.DD}, with colours where some are told. */
  @Override
  public String codecs() {
    String start = String.format("vp09.%02d.%02d.%02d", profile, level, bitDepth);
    boolean usual = chromaSubsampling <= 1 && (!color.known() || color.equals(ColorInfo.BT_709));
    if (usual) {
      return start;
    }
    return start
        + String.format(
            ".%02d.%02d.%02d.%02d.%02d",
            chromaSubsampling,
            color.primaries(),
            color.transfer(),
            color.matrix(),
            color.fullRange() ? 1 : 0);
  }
}

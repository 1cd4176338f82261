package io.millrace.media.codec;

/**
 * How sample values mean colours, in the code points of ISO/IEC 23091-2 (H.273); 2 is unspecified.
 *
 * @param primaries 1 is BT.709, 9 BT.2020
 * @param transfer 1 is BT.709, 16 PQ, 18 HLG
 * @param matrix 1 is BT.709, 9 BT.2020 non-constant luminance
 * @param fullRange whether luma uses all values, not 16 to 235
 */
public record ColorInfo(int primaries, int transfer, int matrix, boolean fullRange) {
  /** The bitstream says nothing. */
  public static final ColorInfo UNSPECIFIED = new ColorInfo(2, 2, 2, false);

  static final ColorInfo BT_709 = new ColorInfo(1, 1, 1, false);

  /** Whether anything is said. */
  public boolean known() {
    return primaries != 2 || transfer != 2 || matrix != 2 || fullRange;
  }

  /** PQ or HLG. */
  public boolean highDynamicRange() {
    return transfer == 16 || transfer == 18;
  }
}

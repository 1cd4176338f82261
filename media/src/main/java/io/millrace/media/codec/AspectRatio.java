package io.millrace.media.codec;

/** The shape of one sample: its width to its height. */
public record AspectRatio(int width, int height) {
  /** Also where the bitstream says nothing. */
  public static final AspectRatio SQUARE = new AspectRatio(1, 1);

  /** {@code aspect_ratio_idc} (H.273 table 9); the first stands for unspecified. */
  private static final int[][] KNOWN = {
    {1, 1}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33},
    {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1}
  };

  private static final int EXTENDED = 255;

  static AspectRatio read(BitReader in) {
    int idc = in.integer(8);
    if (idc == EXTENDED) {
      int width = in.integer(16);
      int height = in.integer(16);
      return width == 0 || height == 0 || width == height ? SQUARE : new AspectRatio(width, height);
    }
    return idc < KNOWN.length ? new AspectRatio(KNOWN[idc][0], KNOWN[idc][1]) : SQUARE;
  }
}

package io.millrace.transcoder;

import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * What a decoded picture is, beside its content.
 *
 * @param pixels FFmpeg's number of the pixel format
 * @param sarWidth the shape of a pixel, 1:1 where the stream says nothing
 * @param range {@code AVCOL_RANGE}
 */
record PictureShape(
    int width,
    int height,
    int pixels,
    int sarWidth,
    int sarHeight,
    int range,
    int primaries,
    int transfer,
    int matrix) {
  private static final int UNSPECIFIED = 2;
  private static final int BT_709 = 1;
  private static final int HD_LINES = 720;

  static PictureShape of(AVFrame frame) {
    int sarWidth = frame.sample_aspect_ratio().num();
    int sarHeight = frame.sample_aspect_ratio().den();
    boolean told = sarWidth > 0 && sarHeight > 0;
    return new PictureShape(
        frame.width(),
        frame.height(),
        frame.format(),
        told ? sarWidth : 1,
        told ? sarHeight : 1,
        frame.color_range(),
        frame.color_primaries(),
        frame.color_trc(),
        frame.colorspace());
  }

  /** The parameters of the filter {@code buffer}. */
  String input(int timescale) {
    return "video_size="
        + width
        + "x"
        + height
        + ":pix_fmt="
        + pixels
        + ":time_base=1/"
        + timescale
        + ":pixel_aspect="
        + sarWidth
        + "/"
        + sarHeight
        + ":colorspace="
        + matrix
        + ":range="
        + range;
  }

  /**
   * The size with square pixels whose shorter side has so many lines, never larger than this is.
   *
   * @return width and height, both even
   */
  int[] scaledTo(int lines) {
    double shownWidth = (double) width * sarWidth / sarHeight;
    boolean upright = shownWidth < height;
    double shorter = Math.min(shownWidth, height);
    double factor = Math.min(1, lines / shorter);
    int wanted = even(shorter * factor);
    int other = even(Math.max(shownWidth, height) * factor);
    return upright ? new int[] {wanted, other} : new int[] {other, wanted};
  }

  /**
   * The largest size with square pixels that fits, with this picture's shape.
   *
   * @return width and height, both even
   */
  int[] fittedInto(int mostWidth, int mostHeight) {
    double shownWidth = (double) width * sarWidth / sarHeight;
    double factor = Math.min(mostWidth / shownWidth, (double) mostHeight / height);
    return new int[] {
      Math.min(mostWidth, even(shownWidth * factor)), Math.min(mostHeight, even(height * factor))
    };
  }

  private static int even(double size) {
    return Math.max(2, (int) Math.round(size / 2) * 2);
  }

  /**
   * The matrix that scaled pictures are told to have: large pictures that say nothing are taken for
   * BT.709 by every player, small ones are not.
   */
  int matrixTold() {
    return told(matrix);
  }

  int primariesTold() {
    return told(primaries);
  }

  int transferTold() {
    return told(transfer);
  }

  private int told(int value) {
    boolean silent = value == UNSPECIFIED || value == 0;
    return silent && Math.min(width, height) >= HD_LINES ? BT_709 : value;
  }
}

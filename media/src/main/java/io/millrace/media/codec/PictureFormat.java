package io.millrace.media.codec;

/**
 * What the parameter sets of any codec say of the picture.
 *
 * @param width luma samples after cropping
 * @param height luma samples after cropping
 * @param chromaFormat 0 is monochrome, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4
 * @param bitDepth bits of a luma sample
 * @param frameRate what the encoder announces, in frames a second; 0 where it doesn't
 */
public record PictureFormat(
    int width,
    int height,
    int chromaFormat,
    int bitDepth,
    ColorInfo color,
    AspectRatio aspectRatio,
    double frameRate) {
  static final int MAX_DIMENSION = 16_384;

  /** Whether a decoder that was set up for one can go on with the other. */
  boolean decodesLike(PictureFormat other) {
    return width == other.width
        && height == other.height
        && chromaFormat == other.chromaFormat
        && bitDepth == other.bitDepth
        && color.equals(other.color)
        && aspectRatio.equals(other.aspectRatio);
  }
}

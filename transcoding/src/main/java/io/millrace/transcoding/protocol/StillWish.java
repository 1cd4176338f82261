package io.millrace.transcoding.protocol;

/**
 * Single pictures that are to be made of the source's key frames.
 *
 * @param number what they are known by, 0 to 255
 * @param lines of the picture, the shorter side; never more than the source's
 * @param intervalNanos the least between two of them; with 0 there is one of each key frame
 */
public record StillWish(int number, int lines, long intervalNanos) {
  public StillWish {
    if (number < 0 || number > 255 || lines < 16 || lines > 8_192 || intervalNanos < 0) {
      throw new IllegalArgumentException(
          "still %d of %d lines every %d ns".formatted(number, lines, intervalNanos));
    }
  }
}

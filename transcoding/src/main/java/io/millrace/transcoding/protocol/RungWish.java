package io.millrace.transcoding.protocol;

/**
 * A rung that is to be made.
 *
 * @param number what its frames are known by, 0 to 255
 * @param lines of its pictures, the shorter side; 0 for sound
 * @param bitRate at most, in bits a second
 */
public record RungWish(int number, int lines, int bitRate) {
  public RungWish {
    if (number < 0 || number > 255 || lines < 0 || lines > 8_192 || bitRate < 1) {
      throw new IllegalArgumentException(
          "rung %d of %d lines, %d bit/s".formatted(number, lines, bitRate));
    }
  }

  public boolean isAudio() {
    return lines == 0;
  }
}

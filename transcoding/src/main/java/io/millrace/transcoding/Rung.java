package io.millrace.transcoding;

import java.util.Arrays;
import java.util.Optional;

/**
 * A rendition of the ladder.
 *
 * @see Ladder
 */
public enum Rung {
  /** The source, passed through untouched; never goes through a transcoder. */
  COPY(0, "copy", 0, 0),
  P720(1, "720p", 720, 2_800_000),
  P480(2, "480p", 480, 1_400_000),
  P360(3, "360p", 360, 800_000),
  P240(4, "240p", 240, 400_000),
  /** Sound alone, as AAC stereo. */
  AUDIO(5, "audio", 0, 128_000);

  /** Pictures a second from which on more bits are needed. */
  private static final double MANY_FRAMES = 40;

  private final int number;
  private final String word;
  private final int lines;
  private final int bitRate;

  Rung(int number, String word, int lines, int bitRate) {
    this.number = number;
    this.word = word;
    this.lines = lines;
    this.bitRate = bitRate;
  }

  /** As the configuration and addresses call it. */
  public String word() {
    return word;
  }

  /** Of the picture's shorter side; 0 without pictures of its own. */
  public int lines() {
    return lines;
  }

  /** Whether the transcoder makes pictures for it. */
  public boolean isPicture() {
    return lines > 0;
  }

  /** What it takes at most, in bits a second. */
  public int bitRate(double framesPerSecond) {
    return isPicture() && framesPerSecond > MANY_FRAMES ? bitRate / 2 * 3 : bitRate;
  }

  int number() {
    return number;
  }

  static Optional<Rung> of(int number) {
    return Arrays.stream(values()).filter(rung -> rung.number == number).findFirst();
  }

  /** The rung that a word names. */
  public static Optional<Rung> of(String word) {
    return Arrays.stream(values()).filter(rung -> rung.word.equals(word)).findFirst();
  }
}

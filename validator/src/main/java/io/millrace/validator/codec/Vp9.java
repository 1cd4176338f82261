package io.millrace.validator.codec;

import io.millrace.validator.media.Access;
import io.millrace.validator.media.MalformedFileException;

/** VP9 (the bitstream specification, 6.2). */
public final class Vp9 {
  private static final int MARKER = 2;

  private Vp9() {}

  /**
   * Whether decoding can start at a frame.
   *
   * @throws MalformedFileException when it is no frame
   */
  public static Access access(byte[] bytes, int from, int to) {
    if (from >= to || (bytes[from] >> 6 & 3) != MARKER) {
      throw new MalformedFileException("byte " + from, "no VP9 frame marker");
    }
    int first = bytes[from];
    int profile = (first >> 5 & 1) | (first >> 4 & 1) << 1;
    int shift = profile == 3 ? 2 : 3;
    boolean shownAgain = (first >> shift & 1) == 1;
    boolean inter = (first >> (shift - 1) & 1) == 1;
    return shownAgain || inter ? Access.NONE : Access.KEY;
  }
}

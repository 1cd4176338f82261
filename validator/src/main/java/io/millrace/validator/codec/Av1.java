package io.millrace.validator.codec;

import io.millrace.validator.media.Access;
import io.millrace.validator.media.MalformedFileException;

/** AV1 (the bitstream specification, 5.3 to 5.9). */
public final class Av1 {
  private static final int FRAME_HEADER = 3;
  private static final int FRAME = 6;
  private static final int MAX_LEB128 = 8;

  private Av1() {}

  /**
   * Whether decoding can start at a temporal unit: its first frame is a key frame.
   *
   * @throws MalformedFileException when it is none
   */
  public static Access access(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      int header = bytes[at];
      int type = header >> 3 & 0xF;
      boolean extension = (header & 4) != 0;
      boolean sized = (header & 2) != 0;
      if ((header & 0x80) != 0) {
        throw new MalformedFileException("byte " + at, "an OBU with its forbidden bit set");
      }
      at += extension ? 2 : 1;
      long length = (long) to - at;
      if (sized) {
        length = 0;
        for (int i = 0; ; i++) {
          if (at >= to || i >= MAX_LEB128) {
            throw new MalformedFileException("byte " + at, "an OBU's size is cut");
          }
          int each = bytes[at++];
          length |= (each & 0x7FL) << (7 * i);
          if ((each & 0x80) == 0) {
            break;
          }
        }
      }
      if (length < 0 || length > to - at) {
        throw new MalformedFileException(
            "byte " + at, "an OBU of " + length + " bytes doesn't fit");
      }
      if ((type == FRAME || type == FRAME_HEADER) && length > 0) {
        boolean shownAgain = (bytes[at] & 0x80) != 0;
        int frameType = bytes[at] >> 5 & 3;
        return !shownAgain && frameType == 0 ? Access.KEY : Access.NONE;
      }
      at += (int) length;
    }
    return Access.NONE;
  }
}

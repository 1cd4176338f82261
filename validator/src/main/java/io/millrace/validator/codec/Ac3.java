package io.millrace.validator.codec;

import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.TrackFormat;

/** AC-3 and E-AC-3 sync frames (ETSI TS 102 366, 4.4 and E.1.2). */
public final class Ac3 {
  private static final int[] RATES = {48_000, 44_100, 32_000};
  private static final int[] KBITS = {
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640
  };
  private static final int[] CHANNELS = {2, 1, 2, 3, 3, 4, 4, 5};
  private static final int[] BLOCKS = {1, 2, 3, 6};

  /** One frame: bytes, PCM samples, and what it says. */
  public record Frame(int length, int samples, TrackFormat format) {}

  private Ac3() {}

  /**
   * Reads a sync frame's header.
   *
   * @throws MalformedFileException when there is none
   */
  public static Frame frame(byte[] bytes, int at, int to) {
    if (at + 7 > to || bytes[at] != 0x0B || bytes[at + 1] != 0x77) {
      throw new MalformedFileException("byte " + at, "no AC-3 sync word");
    }
    int rateCode = bytes[at + 4] >> 6 & 3;
    int id = bytes[at + 5] >> 3 & 0x1F;
    if (id > 10) {
      return enhanced(bytes, at);
    }
    int sizeCode = bytes[at + 4] & 0x3F;
    if (rateCode == 3 || sizeCode / 2 >= KBITS.length) {
      throw new MalformedFileException("byte " + at, "AC-3 size code " + sizeCode);
    }
    int kbits = KBITS[sizeCode / 2];
    int words =
        switch (rateCode) {
          case 0 -> kbits * 2;
          case 1 -> kbits * 96_000 / 44_100 + (sizeCode & 1);
          default -> kbits * 3;
        };
    int mode = bytes[at + 6] >> 5 & 7;
    return new Frame(words * 2, 1536, TrackFormat.audio("ac-3", RATES[rateCode], CHANNELS[mode]));
  }

  private static Frame enhanced(byte[] bytes, int at) {
    int length = (((bytes[at + 2] & 7) << 8 | (bytes[at + 3] & 0xFF)) + 1) * 2;
    int rateCode = bytes[at + 4] >> 6 & 3;
    int second = bytes[at + 4] >> 4 & 3;
    int mode = bytes[at + 4] >> 1 & 7;
    boolean half = rateCode == 3;
    if (half && second == 3) {
      throw new MalformedFileException("byte " + at, "E-AC-3 sampling code");
    }
    int rate = half ? RATES[second] / 2 : RATES[rateCode];
    int samples = 256 * (half ? 6 : BLOCKS[second]);
    return new Frame(length, samples, TrackFormat.audio("ec-3", rate, CHANNELS[mode]));
  }
}

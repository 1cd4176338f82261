package io.millrace.validator.codec;

import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.TrackFormat;

/** AAC (ISO/IEC 14496-3) in its configuration and in ADTS frames. */
public final class Aac {
  public static final int SAMPLES_A_FRAME = 1024;

  private static final int[] RATES = {
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350
  };
  private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8};
  private static final int SBR = 5;
  private static final int PS = 29;
  private static final int SYNC_EXTENSION = 0x2B7;

  /** One ADTS frame: its length in bytes with the header, and what the header says. */
  public record Adts(int length, TrackFormat format) {}

  private Aac() {}

  /**
   * An AudioSpecificConfig (1.6.2.1).
   *
   * @throws MalformedFileException when it is none
   */
  public static TrackFormat format(byte[] config) {
    BitReader bits = new BitReader(config);
    int type = objectType(bits);
    int rate = rate(bits);
    int channels = channels(bits.number(4));
    int spoken = type;
    if (type == SBR || type == PS) {
      rate = rate(bits);
    } else if (config.length >= 5 && type == 2) {
      bits.skip(3);
      if (bits.number(11) == SYNC_EXTENSION && objectType(bits) == SBR && bits.flag()) {
        spoken = SBR;
        rate = rate(bits);
      }
    }
    return TrackFormat.audio("mp4a.40." + spoken, rate, channels);
  }

  /**
   * An ADTS header (1.A.2.2).
   *
   * @throws MalformedFileException when there is none
   */
  public static Adts adts(byte[] bytes, int at, int to) {
    if (at + 7 > to || (bytes[at] & 0xFF) != 0xFF || (bytes[at + 1] & 0xF6) != 0xF0) {
      throw new MalformedFileException("byte " + at, "no ADTS header");
    }
    int rateIndex = bytes[at + 2] >> 2 & 0xF;
    if (rateIndex >= RATES.length) {
      throw new MalformedFileException("byte " + at, "ADTS sampling index " + rateIndex);
    }
    int type = (bytes[at + 2] >> 6 & 3) + 1;
    int channels = (bytes[at + 2] & 1) << 2 | (bytes[at + 3] >> 6 & 3);
    int length =
        (bytes[at + 3] & 3) << 11 | (bytes[at + 4] & 0xFF) << 3 | (bytes[at + 5] & 0xFF) >> 5;
    if (length < 7) {
      throw new MalformedFileException("byte " + at, "ADTS frame of " + length + " bytes");
    }
    return new Adts(
        length, TrackFormat.audio("mp4a.40." + type, RATES[rateIndex], CHANNELS[channels]));
  }

  private static int objectType(BitReader bits) {
    int type = bits.number(5);
    return type == 31 ? 32 + bits.number(6) : type;
  }

  private static int rate(BitReader bits) {
    int index = bits.number(4);
    if (index == 15) {
      return bits.number(24);
    }
    if (index >= RATES.length) {
      throw new MalformedFileException("byte 0", "sampling index " + index);
    }
    return RATES[index];
  }

  private static int channels(int configuration) {
    return configuration < CHANNELS.length ? CHANNELS[configuration] : 0;
  }
}

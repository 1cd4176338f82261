package io.millrace.packager.ts;

import io.millrace.media.UnsupportedMediaException;
import io.millrace.media.codec.AacConfiguration;
import io.vertx.core.buffer.Buffer;

/**
 * The header before each AAC frame of an ADTS stream (ISO/IEC 13818-7 6.2), with the values of the
 * core coder: decoders find SBR and PS in the frames themselves. Channels that an
 * AudioSpecificConfig describes by a program_config_element go into each frame as such, since the
 * header has no number for them.
 */
final class AdtsFraming implements Sound.Framing {
  private static final int[] RATES = {
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
  };
  private static final int HEADER = 7;
  private static final int LONGEST_FRAME = 0x1FFF;

  private final int fixed;
  private final Buffer channels;
  private final Buffer header = Buffer.buffer(new byte[HEADER]);

  /**
   * @throws UnsupportedMediaException when ADTS has no words for the configuration
   */
  AdtsFraming(AacConfiguration configuration) {
    ConfigurationBits in = new ConfigurationBits(configuration.record());
    int objectType = in.objectType();
    in.sampleRate();
    int channelConfiguration = in.read(4);
    if (objectType == 5 || objectType == 29) {
      in.sampleRate();
      objectType = in.objectType();
    }
    int rate = rateIndex(configuration.coreSampleRate());
    if (objectType < 1 || objectType > 4 || rate < 0 || configuration.samplesPerFrame() != 1024) {
      throw new UnsupportedMediaException(
          "MPEG-TS cannot carry AAC of "
              + configuration.coreSampleRate()
              + " Hz with "
              + configuration.samplesPerFrame()
              + " samples a frame; use AAC-LC at 44.1 or 48 kHz");
    }
    if (channelConfiguration > 7) {
      throw new UnsupportedMediaException(
          "MPEG-TS cannot carry this channel layout of AAC; use stereo, 5.1 or 7.1");
    }
    channels = channelConfiguration == 0 ? in.programConfigElement() : Buffer.buffer();
    fixed = (objectType - 1) << 14 | rate << 10 | channelConfiguration << 6;
  }

  @Override
  public int size() {
    return HEADER + channels.length();
  }

  @Override
  public int longest() {
    return LONGEST_FRAME - size();
  }

  /** Buffer fullness is that of a variable rate. */
  @Override
  public void write(int frameLength, PacketWriter out) {
    int length = size() + frameLength;
    header.setUnsignedShort(0, 0xFFF1);
    header.setUnsignedShort(2, fixed | length >> 11);
    header.setUnsignedShort(4, ((length << 5) & 0xFFE0) | 0x1F);
    header.setByte(6, (byte) 0xFC);
    out.put(header);
    out.put(channels);
  }

  private static int rateIndex(int rate) {
    for (int i = 0; i < RATES.length; i++) {
      if (RATES[i] == rate) {
        return i;
      }
    }
    return -1;
  }

  /** Reads an AudioSpecificConfig that has been found well-formed (ISO/IEC 14496-3 1.6.2.1). */
  private static final class ConfigurationBits {
    private static final int ELEMENT_ID = 5;
    private final Buffer bytes;
    private int position;

    ConfigurationBits(Buffer bytes) {
      this.bytes = bytes;
    }

    int read(int count) {
      int value = 0;
      for (int i = 0; i < count; i++, position++) {
        int bit = (bytes.getByte(position >> 3) >> (7 - (position & 7))) & 1;
        value = value << 1 | bit;
      }
      return value;
    }

    int objectType() {
      int type = read(5);
      return type == 31 ? 32 + read(6) : type;
    }

    void sampleRate() {
      if (read(4) == 15) {
        read(24);
      }
    }

    /**
     * The program_config_element as the first element of a raw_data_block (4.4.1.1, 4.4.2.1). Its
     * comment is left out; before that it is aligned to bytes, so frames follow as they are.
     */
    Buffer programConfigElement() {
      read(1);
      if (read(1) == 1) {
        read(14);
      }
      read(1);
      Bits out = new Bits();
      out.write(ELEMENT_ID, 3);
      copy(out, 4 + 2 + 4);
      int pairs = copy(out, 4) + copy(out, 4) + copy(out, 4);
      int lowFrequency = copy(out, 2);
      int associatedData = copy(out, 3);
      int couplings = copy(out, 4);
      for (int mixdown = 0; mixdown < 2; mixdown++) {
        if (copy(out, 1) == 1) {
          copy(out, 4);
        }
      }
      if (copy(out, 1) == 1) {
        copy(out, 3);
      }
      for (int left = 5 * (pairs + couplings) + 4 * (lowFrequency + associatedData); left > 0; ) {
        int count = Math.min(left, 8);
        copy(out, count);
        left -= count;
      }
      return out.aligned().appendByte((byte) 0);
    }

    private int copy(Bits out, int count) {
      int value = read(count);
      out.write(value, count);
      return value;
    }
  }

  /** Bits on their way into bytes, most significant first. */
  private static final class Bits {
    private final Buffer bytes = Buffer.buffer();
    private int open;
    private int count;

    void write(int value, int bits) {
      for (int i = bits - 1; i >= 0; i--) {
        open = open << 1 | ((value >> i) & 1);
        if (++count == 8) {
          bytes.appendByte((byte) open);
          open = 0;
          count = 0;
        }
      }
    }

    Buffer aligned() {
      if (count > 0) {
        write(0, 8 - count);
      }
      return bytes;
    }
  }
}

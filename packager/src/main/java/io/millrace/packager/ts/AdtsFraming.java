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
  /** Bytes that the header can say, its own among them. */
  static final int LONGEST_FRAME = 0x1FFF;

  private static final int HEADER = 7;
  private static final int MAX_CHANNEL_CONFIGURATION = 7;
  private static final int SAMPLES_PER_FRAME = 1024;

  private final int fixed;
  private final Buffer channels;
  private final Buffer header = Buffer.buffer(new byte[HEADER]);

  /**
   * @throws UnsupportedMediaException when ADTS has no words for the configuration
   */
  AdtsFraming(AacConfiguration configuration) {
    int rate = configuration.rateIndex().orElse(-1);
    if (rate < 0 || configuration.samplesPerFrame() != SAMPLES_PER_FRAME) {
      throw new UnsupportedMediaException(
          "MPEG-TS cannot carry AAC of "
              + configuration.coreSampleRate()
              + " Hz with "
              + configuration.samplesPerFrame()
              + " samples a frame; use AAC-LC at 44.1 or 48 kHz");
    }
    if (configuration.channelConfiguration() > MAX_CHANNEL_CONFIGURATION) {
      throw new UnsupportedMediaException(
          "MPEG-TS cannot carry this channel layout of AAC; use stereo, 5.1 or 7.1");
    }
    channels = configuration.programConfig();
    fixed =
        (configuration.coreObjectType() - 1) << 14
            | rate << 10
            | configuration.channelConfiguration() << 6;
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
}

package io.millrace.media;

import io.vertx.core.buffer.Buffer;

/**
 * An AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1).
 *
 * @param record its bytes, as they go into an {@code esds} box
 * @param objectType audio object type of the core coder (2 is AAC-LC), or 5 or 29 where SBR or PS
 *     is signalled explicitly
 * @param coreSampleRate what the core coder runs at; access units are counted in it
 * @param sampleRate what a decoder puts out
 * @param samplesPerFrame core samples in one access unit: 1024 or 960
 */
public record AacConfiguration(
    Buffer record,
    int objectType,
    int coreSampleRate,
    int sampleRate,
    int channels,
    int samplesPerFrame) {
  private static final int[] RATES = {
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
  };
  private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8};

  /**
   * @throws MalformedMediaException when the configuration breaks its form
   * @throws UnsupportedMediaException for other audio than AAC
   */
  public static AacConfiguration parse(Buffer record) {
    BitReader in = new BitReader("AudioSpecificConfig", record);
    int objectType = objectType(in);
    int coreSampleRate = sampleRate(in);
    int channelConfiguration = in.integer(4);
    int sampleRate = coreSampleRate;
    int coreType = objectType;
    if (objectType == 5 || objectType == 29) {
      sampleRate = sampleRate(in);
      coreType = objectType(in);
    }
    if (coreType < 1 || coreType > 4) {
      throw new UnsupportedMediaException(
          "audio object type " + coreType + " of MPEG-4 is not supported; use AAC-LC or HE-AAC");
    }
    int samplesPerFrame = in.flag() ? 960 : 1024;
    if (in.flag()) {
      in.bits(14);
    }
    in.flag();
    int channels;
    if (channelConfiguration == 0) {
      channels = programConfigChannels(in);
    } else if (channelConfiguration < CHANNELS.length) {
      channels = CHANNELS[channelConfiguration];
    } else {
      throw in.malformed("channel configuration " + channelConfiguration);
    }
    if (objectType == 29) {
      channels = 2;
    }
    return new AacConfiguration(
        record.copy(), objectType, coreSampleRate, sampleRate, channels, samplesPerFrame);
  }

  /** {@code mp4a.40.x} (RFC 6381 3.3). */
  public String codecs() {
    return "mp4a.40." + objectType;
  }

  private static int objectType(BitReader in) {
    int type = in.integer(5);
    return type == 31 ? 32 + in.integer(6) : type;
  }

  private static int sampleRate(BitReader in) {
    int index = in.integer(4);
    int rate = index == 15 ? in.integer(24) : index < RATES.length ? RATES[index] : 0;
    if (rate < 1000) {
      throw in.malformed("sampling frequency " + (rate == 0 ? "index " + index : rate));
    }
    return rate;
  }

  /** Counts the channels of a program_config_element (ISO/IEC 14496-3 4.4.1.1). */
  private static int programConfigChannels(BitReader in) {
    in.bits(4 + 2 + 4);
    int front = in.integer(4);
    int side = in.integer(4);
    int back = in.integer(4);
    int lfe = in.integer(2);
    in.bits(3 + 4);
    for (int mixdown = 0; mixdown < 2; mixdown++) {
      if (in.flag()) {
        in.bits(4);
      }
    }
    if (in.flag()) {
      in.bits(3);
    }
    int channels = lfe;
    for (int i = 0; i < front + side + back; i++) {
      channels += in.flag() ? 2 : 1;
      in.bits(4);
    }
    if (channels == 0) {
      throw in.malformed("has no channels");
    }
    return channels;
  }
}

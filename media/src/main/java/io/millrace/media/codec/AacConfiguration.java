package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * An AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1).
 *
 * @param record its bytes, as they go into an {@code esds} box
 * @param objectType audio object type of the core coder (2 is AAC-LC), or 5 or 29 where SBR or PS
 *     is signalled, hierarchically or behind the configuration. Where only the access units tell of
 *     SBR, nothing here does: the type is the core coder's, and so is the rate
 * @param coreSampleRate what the core coder runs at; access units are counted in it
 * @param sampleRate what a decoder puts out
 * @param samplesPerFrame core samples in one access unit: 1024 or 960
 * @param coreObjectType that of the core coder, also where {@code objectType} tells of SBR or PS
 * @param channelConfiguration 0 where a program_config_element tells of the channels
 * @param programConfig that element as the first of a raw_data_block (4.4.2.1), filled up to whole
 *     bytes and without its comment; empty where the channel configuration tells
 */
public record AacConfiguration(
    Buffer record,
    int objectType,
    int coreSampleRate,
    int sampleRate,
    int channels,
    int samplesPerFrame,
    int coreObjectType,
    int channelConfiguration,
    Buffer programConfig)
    implements CodecConfiguration.Sound {
  private static final int SYNC_SBR = 0x2B7;
  private static final int SYNC_PS = 0x548;
  private static final int[] RATES = {
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
  };

  /** By channel configuration; 0 where it is reserved. */
  private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8};

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
    int channels = channelsOf(channelConfiguration);
    Buffer programConfig = Buffer.buffer();
    if (channelConfiguration == 0) {
      ProgramConfig element = ProgramConfig.read(in);
      channels = element.channels();
      programConfig = element.firstOfBlock();
    }
    if (channels == 0) {
      throw in.malformed("channel configuration " + channelConfiguration);
    }
    if (objectType == coreType && in.bitsLeft() >= 16 && in.bits(11) == SYNC_SBR) {
      int extension = objectType(in);
      if (extension == 5 && in.flag()) {
        objectType = 5;
        sampleRate = sampleRate(in);
        if (in.bitsLeft() >= 12 && in.bits(11) == SYNC_PS && in.flag()) {
          objectType = 29;
        }
      }
    }
    if (objectType == 29) {
      channels = 2;
    }
    return new AacConfiguration(
        record.copy(),
        objectType,
        coreSampleRate,
        sampleRate,
        channels,
        samplesPerFrame,
        coreType,
        channelConfiguration,
        programConfig);
  }

  /** {@code mp4a.40.x} (RFC 6381 3.3). */
  @Override
  public String codecs() {
    return "mp4a.40." + objectType;
  }

  /** An access unit in which nothing is heard; empty where it cannot be made. */
  public Optional<Buffer> silence() {
    return AacSilence.of(channelConfiguration);
  }

  /** Whether a change to the other is none of the encoding (HLS D1). */
  public boolean sameEncoding(AacConfiguration other) {
    return objectType == other.objectType
        && coreSampleRate == other.coreSampleRate
        && sampleRate == other.sampleRate
        && channels == other.channels
        && samplesPerFrame == other.samplesPerFrame;
  }

  /** What ADTS calls the core coder's rate; empty where it has no number for it. */
  public OptionalInt rateIndex() {
    return indexOf(coreSampleRate);
  }

  /** The index of a rate (table 1.18). */
  static OptionalInt indexOf(int rate) {
    return IntStream.range(0, RATES.length).filter(i -> RATES[i] == rate).findFirst();
  }

  /** The rate of an index, or 0 for one that is reserved. */
  static int rateOf(int index) {
    return index < RATES.length ? RATES[index] : 0;
  }

  /** The channels of a channel configuration, or 0 for one that is reserved. */
  static int channelsOf(int configuration) {
    return configuration < CHANNELS.length ? CHANNELS[configuration] : 0;
  }

  private static int objectType(BitReader in) {
    int type = in.integer(5);
    return type == 31 ? 32 + in.integer(6) : type;
  }

  private static int sampleRate(BitReader in) {
    int index = in.integer(4);
    int rate = index == 15 ? in.integer(24) : rateOf(index);
    if (rate < 1000) {
      throw in.malformed("sampling frequency " + (rate == 0 ? "index " + index : rate));
    }
    return rate;
  }
}

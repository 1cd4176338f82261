package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * What the frames of AC-3 say of themselves (ETSI TS 102 366 4.3, 4.4).
 *
 * @param rateCode {@code fscod}
 * @param bitstreamId {@code bsid}
 * @param bitstreamMode {@code bsmod}
 * @param channelMode {@code acmod}
 * @param lowFrequency whether there is an LFE channel
 * @param bitRateCode {@code frmsizecod} without its lowest bit
 */
public record Ac3Configuration(
    int rateCode,
    int bitstreamId,
    int bitstreamMode,
    int channelMode,
    boolean lowFrequency,
    int bitRateCode)
    implements CodecConfiguration.Sound {
  /** Every frame has six blocks of 256. */
  public static final int SAMPLES_PER_FRAME = 1_536;

  static final int SYNC_WORD = 0x0B77;
  private static final int MAX_BIT_RATE_CODE = 18;
  private static final int[] RATES = {48_000, 44_100, 32_000};
  private static final int[] CHANNELS = {2, 1, 2, 3, 3, 4, 4, 5};

  /**
   * @param frame a frame from its sync word on
   * @throws MalformedMediaException when it is not an AC-3 frame
   */
  public static Ac3Configuration fromFrame(Buffer frame) {
    BitReader in = new BitReader("AC-3 frame", frame);
    if (in.integer(16) != SYNC_WORD) {
      throw in.malformed("no sync word");
    }
    in.skip(16);
    int rateCode = in.integer(2);
    int bitRateCode = in.integer(6) >> 1;
    int bitstreamId = in.integer(5);
    int bitstreamMode = in.integer(3);
    int channelMode = in.integer(3);
    if (rateCode == 3 || bitRateCode > MAX_BIT_RATE_CODE || bitstreamId > 10) {
      throw in.malformed("rate " + rateCode + ", bsid " + bitstreamId);
    }
    if ((channelMode & 1) != 0 && channelMode != 1) {
      in.skip(2);
    }
    if ((channelMode & 4) != 0) {
      in.skip(2);
    }
    if (channelMode == 2) {
      in.skip(2);
    }
    return new Ac3Configuration(
        rateCode, bitstreamId, bitstreamMode, channelMode, in.flag(), bitRateCode);
  }

  @Override
  public int sampleRate() {
    return rateOf(rateCode);
  }

  @Override
  public int channels() {
    return channelsOf(channelMode) + (lowFrequency ? 1 : 0);
  }

  /** As it is spelled in MP4. */
  @Override
  public String codecs() {
    return "ac-3";
  }

  /** A frame in which nothing is heard; empty for a {@code bsid} above 8. */
  public Optional<Buffer> silence() {
    return DolbySilence.of(this);
  }

  /** Whether a change to the other is none of the encoding (HLS D1); bit rates may differ. */
  public boolean sameEncoding(Ac3Configuration other) {
    return rateCode == other.rateCode
        && bitstreamId == other.bitstreamId
        && channelMode == other.channelMode
        && lowFrequency == other.lowFrequency;
  }

  static int rateOf(int code) {
    return RATES[code];
  }

  /** The {@code fscod} of a rate; 0 for one that has none. */
  static int codeOf(int rate) {
    for (int code = 1; code < RATES.length; code++) {
      if (RATES[code] == rate) {
        return code;
      }
    }
    return 0;
  }

  static int channelsOf(int mode) {
    return CHANNELS[mode];
  }
}

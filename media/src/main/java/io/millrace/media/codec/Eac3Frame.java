package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;

/**
 * The bitstream information at the start of one E-AC-3 frame (ETSI TS 102 366 E.1.2.2).
 *
 * @param dependent whether it adds to the independent substream before it
 * @param substream its number among those of its kind
 * @param bytes of the whole frame
 * @param blocks of 256 samples: 1, 2, 3 or 6
 * @param channelMap of a dependent substream that gives one; otherwise 0
 * @param objectAudioComplexity of the joint object coding extension; 0 without one
 */
record Eac3Frame(
    boolean dependent,
    int substream,
    int bytes,
    int rateCode,
    int sampleRate,
    int blocks,
    int channelMode,
    boolean lowFrequency,
    int bitstreamId,
    int bitstreamMode,
    int channelMap,
    int objectAudioComplexity) {
  private static final int[] BLOCKS = {1, 2, 3, 6};
  private static final int REDUCED_RATES = 3;
  private static final int DEPENDENT = 1;
  private static final int CONVERTED = 2;

  /** Fields that are left out where they are zero are read in the order they are written. */
  static Eac3Frame read(Buffer unit, int at) {
    BitReader in =
        new BitReader("E-AC-3 frame", unit.slice(Math.min(at, unit.length()), unit.length()));
    if (in.integer(16) != Ac3Configuration.SYNC_WORD) {
      throw in.malformed("no sync word");
    }
    int type = in.integer(2);
    int substream = in.integer(3);
    int bytes = (in.integer(11) + 1) * 2;
    int rateCode = in.integer(2);
    boolean reduced = rateCode == REDUCED_RATES;
    int second = in.integer(2);
    if (type > CONVERTED || (reduced && second == REDUCED_RATES)) {
      throw in.malformed("reserved frame type or rate");
    }
    int sampleRate =
        reduced ? Ac3Configuration.rateOf(second) / 2 : Ac3Configuration.rateOf(rateCode);
    int blocks = reduced ? 6 : BLOCKS[second];
    int channelMode = in.integer(3);
    boolean lowFrequency = in.flag();
    int bitstreamId = in.integer(5);
    if (bitstreamId < 11 || bitstreamId > 16) {
      throw in.malformed("bsid " + bitstreamId);
    }
    if (bytes > unit.length() - at) {
      throw in.malformed("frame of " + bytes + " bytes goes past the end");
    }
    for (int program = channelMode == 0 ? 2 : 1; program > 0; program--) {
      in.skip(5);
      optional(in, 8);
    }
    int channelMap = type == DEPENDENT && in.flag() ? in.integer(16) : 0;
    if (in.flag()) {
      skipMixing(in, type, channelMode, lowFrequency, blocks);
    }
    int bitstreamMode = in.flag() ? informational(in, channelMode, reduced) : 0;
    if (type == 0 && blocks != 6) {
      in.skip(1);
    }
    if (type == CONVERTED && (blocks == 6 || in.flag())) {
      in.skip(6);
    }
    return new Eac3Frame(
        type == DEPENDENT,
        substream,
        bytes,
        rateCode,
        sampleRate,
        blocks,
        channelMode,
        lowFrequency,
        bitstreamId,
        bitstreamMode,
        channelMap,
        objectAudio(in));
  }

  Eac3Configuration.Substream asSubstream() {
    return new Eac3Configuration.Substream(
        rateCode, bitstreamId, bitstreamMode, channelMode, lowFrequency, 0, 0);
  }

  /** The substream with this dependent one. */
  Eac3Configuration.Substream addTo(Eac3Configuration.Substream to) {
    // The map has Lc/Rc at bit 10 down to Cvh at bit 3, and LFE2 at bit 1; annex F has them in the
    // opposite order from bit 0 on.
    int locations = Integer.reverse(channelMap) >>> 21 & 0xFF;
    locations |= (channelMap & 2) << 7;
    return new Eac3Configuration.Substream(
        to.rateCode(),
        to.bitstreamId(),
        to.bitstreamMode(),
        to.channelMode(),
        to.lowFrequency(),
        to.dependents() + 1,
        to.locations() | locations);
  }

  private static void optional(BitReader in, int bits) {
    if (in.flag()) {
      in.skip(bits);
    }
  }

  private static void skipMixing(
      BitReader in, int type, int channelMode, boolean lowFrequency, int blocks) {
    if (channelMode > 2) {
      in.skip(2);
    }
    if ((channelMode & 1) != 0 && channelMode > 2) {
      in.skip(6);
    }
    if ((channelMode & 4) != 0) {
      in.skip(6);
    }
    if (lowFrequency) {
      optional(in, 5);
    }
    if (type != 0) {
      return;
    }
    optional(in, 6);
    if (channelMode == 0) {
      optional(in, 6);
    }
    optional(in, 6);
    switch (in.integer(2)) {
      case 1 -> in.skip(5);
      case 2 -> in.skip(12);
      case 3 -> in.skip(8 * (in.integer(5) + 2));
      default -> {}
    }
    if (channelMode < 2) {
      optional(in, 14);
      if (channelMode == 0) {
        optional(in, 14);
      }
    }
    if (in.flag()) {
      if (blocks == 1) {
        in.skip(5);
      } else {
        for (int block = 0; block < blocks; block++) {
          optional(in, 5);
        }
      }
    }
  }

  /** Returns {@code bsmod}. */
  private static int informational(BitReader in, int channelMode, boolean reduced) {
    int bitstreamMode = in.integer(3);
    in.skip(2);
    if (channelMode == 2) {
      in.skip(4);
    }
    if (channelMode >= 6) {
      in.skip(2);
    }
    optional(in, 8);
    if (channelMode == 0) {
      optional(in, 8);
    }
    if (!reduced) {
      in.skip(1);
    }
    return bitstreamMode;
  }

  /** The complexity index that additional information starts with (ETSI TS 103 420 8.3.1). */
  private static int objectAudio(BitReader in) {
    if (!in.flag()) {
      return 0;
    }
    int bytes = in.integer(6) + 1;
    if (bytes < 2) {
      return 0;
    }
    in.skip(7);
    return in.flag() ? in.integer(8) : 0;
  }
}

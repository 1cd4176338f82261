package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * Frames of AC-3 and E-AC-3 in which nothing is heard (ETSI TS 102 366 4.3, 4.4, E.1.2): with every
 * SNR offset at 0 no mantissa has a bit (6.2.2), and without dither those are 0. The first block
 * has exponents, the other five use them again.
 */
final class DolbySilence {
  private static final int BLOCKS = 6;
  private static final int STEREO = 2;

  /** Dialogue as loud as can be: nothing is turned down. */
  private static final int DIALOGUE_LEVEL = 31;

  /** {@code chexpstr}: an exponent for four mantissas. */
  private static final int D45 = 3;

  /** Groups of three exponents for 73 mantissas, the least, and for the seven of an LFE channel. */
  private static final int CHANNEL_GROUPS = 6;

  private static final int LOW_FREQUENCY_GROUPS = 2;

  /** Three exponents that are all as the one before. */
  private static final int SAME = 62;

  /** By {@code frmsizecod} without its lowest bit. */
  private static final int[] KILOBITS = {
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640
  };

  /** The frame's end: {@code auxdatae}, a bit beside the checksum, and that. */
  private static final int TAIL_BITS = 1 + 1 + 16;

  private final BitWriter out = new BitWriter();
  private final int channelMode;
  private final int channels;
  private final boolean lowFrequency;
  private int bits;

  private DolbySilence(int channelMode, boolean lowFrequency) {
    this.channelMode = channelMode;
    this.channels = Ac3Configuration.channelsOf(channelMode);
    this.lowFrequency = lowFrequency;
  }

  /** A frame of the stream's bit rate; empty for the variants of half the sample rate. */
  static Optional<Buffer> of(Ac3Configuration ac3) {
    return ac3.bitstreamId() > 8
        ? Optional.empty()
        : Optional.of(new DolbySilence(ac3.channelMode(), ac3.lowFrequency()).frame(ac3));
  }

  /** The shortest frame that there can be; empty where there is more than one substream. */
  static Optional<Buffer> of(Eac3Configuration eac3) {
    Eac3Configuration.Substream only = eac3.substreams().get(0);
    return eac3.substreams().size() > 1 || only.dependents() > 0
        ? Optional.empty()
        : Optional.of(
            new DolbySilence(only.channelMode(), only.lowFrequency())
                .frame(only, eac3.sampleRate()));
  }

  private Buffer frame(Ac3Configuration ac3) {
    put(Ac3Configuration.SYNC_WORD, 16);
    put(0, 16);
    put(ac3.rateCode(), 2);
    put(ac3.bitRateCode() << 1, 6);
    put(ac3.bitstreamId(), 5);
    put(ac3.bitstreamMode(), 3);
    put(channelMode, 3);
    // cmixlev, surmixlev, dsurmod
    put(0, (channelMode & 1) != 0 && channelMode != 1 ? 2 : 0);
    put(0, (channelMode & 4) != 0 ? 2 : 0);
    put(0, channelMode == STEREO ? 2 : 0);
    put(lowFrequency ? 1 : 0, 1);
    for (int program = channelMode == 0 ? 2 : 1; program > 0; program--) {
      put(DIALOGUE_LEVEL, 5);
      // compre, langcode, audprodie
      put(0, 3);
    }
    // copyrightb, origbs, timecod1e, timecod2e, addbsie
    put(0, 5);
    for (int block = 0; block < BLOCKS; block++) {
      block(block == 0);
    }
    int bytes = 2 * KILOBITS[ac3.bitRateCode()] * 1000 * 96 / ac3.sampleRate();
    bytes -= bytes & 1;
    Buffer frame = finished(bytes);
    int protectedBytes = ((bytes >> 2) + (bytes >> 4)) << 1;
    frame.setUnsignedShort(2, Crc.before16(frame, 4, protectedBytes));
    return checked(frame);
  }

  private void block(boolean first) {
    // blksw, dithflag, dynrnge, dynrng2e
    put(0, 2 * channels + (channelMode == 0 ? 2 : 1));
    // cplstre, cplinu
    put(first ? 0b10 : 0, first ? 2 : 1);
    if (channelMode == STEREO) {
      // rematstr, rematflg
      put(first ? 0b10000 : 0, first ? 5 : 1);
    }
    for (int channel = 0; channel < channels; channel++) {
      put(first ? D45 : 0, 2);
    }
    put(first ? 1 : 0, lowFrequency ? 1 : 0);
    if (first) {
      exponents();
      // baie, sdcycod, fdcycod, sgaincod, dbpbcod, floorcod
      put(1, 1);
      put(0, 2 + 2 + 2 + 2 + 3);
      // snroffste, csnroffst; fsnroffst and fgaincod of each channel
      put(1, 1);
      put(0, 6 + 7 * (channels + (lowFrequency ? 1 : 0)));
    } else {
      // baie, snroffste
      put(0, 2);
    }
    // deltbaie, skiple
    put(0, 2);
  }

  private Buffer frame(Eac3Configuration.Substream substream, int sampleRate) {
    put(Ac3Configuration.SYNC_WORD, 16);
    // strmtyp, substreamid, frmsiz
    put(0, 2 + 3 + 11);
    boolean reduced = substream.rateCode() == 3;
    put(substream.rateCode(), 2);
    // fscod2, or numblkscod for six blocks
    put(reduced ? Ac3Configuration.codeOf(2 * sampleRate) : 3, 2);
    put(channelMode, 3);
    put(lowFrequency ? 1 : 0, 1);
    put(substream.bitstreamId(), 5);
    for (int program = channelMode == 0 ? 2 : 1; program > 0; program--) {
      put(DIALOGUE_LEVEL, 5);
      // compre
      put(0, 1);
    }
    // mixmdate, infomdate, addbsie
    put(0, 3);
    audioFrame();
    for (int block = 0; block < BLOCKS; block++) {
      enhancedBlock(block == 0);
    }
    int bytes = (bits + TAIL_BITS + 15) / 16 * 2;
    Buffer frame = finished(bytes);
    frame.setUnsignedShort(2, bytes / 2 - 1);
    return checked(frame);
  }

  private void audioFrame() {
    // expstre, ahte, snroffststr, transproce, blkswe
    put(0b10_00_00, 6);
    // dithflage; bamode, frmfgaincode, dbaflde, skipflde, spxattene
    put(0b1_00000, 6);
    if (channelMode > 1) {
      // cplinu, then cplstre of the other blocks
      put(0, BLOCKS);
    }
    for (int block = 0; block < BLOCKS; block++) {
      for (int channel = 0; channel < channels; channel++) {
        put(block == 0 ? D45 : 0, 2);
      }
    }
    put(0b100000, lowFrequency ? BLOCKS : 0);
    // convexpstr; frmcsnroffst, frmfsnroffst, blkstrtinfoe
    for (int channel = 0; channel < channels; channel++) {
      put(0, 5);
    }
    put(0, 6 + 4 + 1);
  }

  private void enhancedBlock(boolean first) {
    // dithflag, dynrnge, dynrng2e; spxinu or spxstre
    put(0, channels + (channelMode == 0 ? 2 : 1) + 1);
    if (channelMode == STEREO) {
      // rematflg, or rematstr
      put(0, first ? 4 : 1);
    }
    if (first) {
      exponents();
    }
    // convsnroffste
    put(0, 1);
  }

  private void exponents() {
    // chbwcod
    put(0, 6 * channels);
    for (int channel = 0; channel < channels; channel++) {
      exponents(CHANNEL_GROUPS);
      // gainrng
      put(0, 2);
    }
    if (lowFrequency) {
      exponents(LOW_FREQUENCY_GROUPS);
    }
  }

  private void exponents(int groups) {
    put(15, 4);
    for (int group = 0; group < groups; group++) {
      put(SAME, 7);
    }
  }

  private void put(int value, int count) {
    bits += count;
    for (int rest = count - 32; rest > 0; rest--) {
      out.bits(0, 1);
    }
    out.bits(value, Math.min(count, 32));
  }

  private Buffer finished(int bytes) {
    Buffer frame = out.aligned();
    return frame.appendBytes(new byte[bytes - frame.length()]);
  }

  private static Buffer checked(Buffer frame) {
    int end = frame.length() - 2;
    return frame.setUnsignedShort(end, Crc.of16(frame, 2, end));
  }
}

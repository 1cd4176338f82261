package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;

/**
 * A program_config_element, which tells of channels that no channel configuration stands for
 * (ISO/IEC 14496-3 4.4.1.1).
 *
 * @param firstOfBlock the element as the first of a raw_data_block (4.4.2.1), filled up to whole
 *     bytes and without its comment, so that a frame's other elements may stand behind it as they
 *     are
 */
record ProgramConfig(int channels, Buffer firstOfBlock) {
  private static final int ELEMENT_ID = 5;
  private static final int ELEMENT_ID_BITS = 3;

  /** Reads the element and its comment. */
  static ProgramConfig read(BitReader in) {
    Copy copy = new Copy(in);
    copy.out.bits(ELEMENT_ID, ELEMENT_ID_BITS);
    copy.bits(4 + 2 + 4);
    int groups = copy.bits(4) + copy.bits(4) + copy.bits(4);
    int lowFrequency = copy.bits(2);
    int associatedData = copy.bits(3);
    int couplings = copy.bits(4);
    for (int mixdown = 0; mixdown < 2; mixdown++) {
      if (copy.bits(1) == 1) {
        copy.bits(4);
      }
    }
    if (copy.bits(1) == 1) {
      copy.bits(3);
    }
    int channels = lowFrequency;
    for (int i = 0; i < groups; i++) {
      channels += copy.bits(1) == 1 ? 2 : 1;
      copy.bits(4);
    }
    for (int i = 0; i < lowFrequency + associatedData; i++) {
      copy.bits(4);
    }
    for (int i = 0; i < couplings; i++) {
      copy.bits(5);
    }
    in.skip(-in.position() & 7);
    in.skip(8 * in.integer(8));
    return new ProgramConfig(channels, copy.out.aligned().appendByte((byte) 0));
  }

  /** Hands on what it reads. */
  private record Copy(BitReader in, BitWriter out) {
    Copy(BitReader in) {
      this(in, new BitWriter());
    }

    int bits(int count) {
      int value = in.integer(count);
      out.bits(value, count);
      return value;
    }
  }
}

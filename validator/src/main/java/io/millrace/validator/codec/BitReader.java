package io.millrace.validator.codec;

import io.millrace.validator.media.MalformedFileException;

/** Bits, the highest of each byte first. */
final class BitReader {
  private static final int MAX_ZEROS = 31;

  private final byte[] bytes;
  private int bit;

  BitReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The payload of a NAL unit, without its emulation prevention bytes (H.264 7.4.1). */
  static BitReader ofNal(byte[] nal, int header) {
    byte[] out = new byte[Math.max(0, nal.length - header)];
    int zeros = 0;
    int length = 0;
    for (int i = header; i < nal.length; i++) {
      if (zeros >= 2 && nal[i] == 3) {
        zeros = 0;
        continue;
      }
      zeros = nal[i] == 0 ? zeros + 1 : 0;
      out[length++] = nal[i];
    }
    return new BitReader(java.util.Arrays.copyOf(out, length));
  }

  boolean flag() {
    return bits(1) == 1;
  }

  /** At most 32 bits, unsigned. */
  long bits(int count) {
    if (bit + count > bytes.length * 8) {
      throw new MalformedFileException("bit " + bit, "the header ends too early");
    }
    long value = 0;
    for (int i = 0; i < count; i++, bit++) {
      value = value << 1 | (bytes[bit >> 3] >> (7 - (bit & 7)) & 1);
    }
    return value;
  }

  int number(int count) {
    return (int) bits(count);
  }

  void skip(int count) {
    if (bit + count > bytes.length * 8) {
      throw new MalformedFileException("bit " + bit, "the header ends too early");
    }
    bit += count;
  }

  /** ue(v), H.264 9.1. */
  int unsigned() {
    int zeros = 0;
    while (!flag()) {
      if (++zeros > MAX_ZEROS) {
        throw new MalformedFileException("bit " + bit, "not an Exp-Golomb code");
      }
    }
    long value = (1L << zeros) - 1 + bits(zeros);
    return (int) Math.min(value, Integer.MAX_VALUE);
  }

  /** se(v), H.264 9.1.1. */
  int signed() {
    int code = unsigned();
    return (code & 1) == 1 ? (code >> 1) + 1 : -(code >> 1);
  }
}

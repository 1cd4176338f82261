package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/** Reads bits, most significant first, and the Exp-Golomb codes of ISO/IEC 14496-10 9.1. */
final class BitReader {
  private final String where;
  private final Buffer data;
  private int position;

  BitReader(String where, Buffer data) {
    this.where = where;
    this.data = data;
  }

  /** Up to 32 bits as an unsigned number. */
  long bits(int count) {
    need(count);
    long value = 0;
    for (int i = 0; i < count; i++, position++) {
      int bit = data.getByte(position >> 3) >> (7 - (position & 7)) & 1;
      value = value << 1 | bit;
    }
    return value;
  }

  /** Up to 31 bits. */
  int integer(int count) {
    return (int) bits(count);
  }

  boolean flag() {
    return bits(1) == 1;
  }

  BitReader skip(int count) {
    need(count);
    position += count;
    return this;
  }

  /** {@code ue(v)}, at most 2^31-2. */
  int unsignedExpGolomb() {
    int zeros = 0;
    while (!flag()) {
      if (++zeros > 30) {
        throw malformed("Exp-Golomb code is too long");
      }
    }
    return (int) ((1L << zeros) - 1 + bits(zeros));
  }

  /**
   * {@code ue(v)} that counts something.
   *
   * @throws MalformedMediaException above the most that is allowed
   */
  int count(String what, int most) {
    int value = unsignedExpGolomb();
    if (value > most) {
      throw malformed(what + " " + value);
    }
    return value;
  }

  /** {@code se(v)}. */
  int signedExpGolomb() {
    int code = unsignedExpGolomb();
    return (code & 1) == 1 ? (code + 1) / 2 : -(code / 2);
  }

  int bitsLeft() {
    return data.length() * 8 - position;
  }

  /** Bits read so far. */
  int position() {
    return position;
  }

  MalformedMediaException malformed(String problem) {
    return new MalformedMediaException(where, position >> 3, problem);
  }

  private void need(int count) {
    if (position + (long) count > data.length() * 8L) {
      throw malformed("ends too early");
    }
  }
}

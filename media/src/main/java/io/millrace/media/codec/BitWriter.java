package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;

/** Writes bits, most significant first. */
final class BitWriter {
  private final Buffer bytes = Buffer.buffer();
  private int open;
  private int count;

  /** The lowest bits of a number. */
  void bits(int value, int bits) {
    for (int i = bits - 1; i >= 0; i--) {
      open = open << 1 | (value >> i & 1);
      if (++count == 8) {
        bytes.appendByte((byte) open);
        open = 0;
        count = 0;
      }
    }
  }

  /** What was written, filled up with zeros to whole bytes. */
  Buffer aligned() {
    if (count > 0) {
      bits(0, 8 - count);
    }
    return bytes;
  }
}

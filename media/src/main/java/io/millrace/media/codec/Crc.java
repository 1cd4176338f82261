package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;

/** Checksums over bytes, most significant bit first, of a register that starts at 0. */
final class Crc {
  /** x^16 + x^15 + x^2 + 1: of FLAC frames, AC-3 and E-AC-3. */
  private static final int POLYNOMIAL_16 = 0x8005;

  /** x^8 + x^2 + x + 1: of FLAC frame headers. */
  private static final int POLYNOMIAL_8 = 0x07;

  private Crc() {}

  static int of16(Buffer bytes, int from, int until) {
    int register = 0;
    for (int i = from; i < until; i++) {
      register ^= (bytes.getByte(i) & 0xFF) << 8;
      for (int bit = 0; bit < 8; bit++) {
        register = register << 1 ^ ((register & 0x8000) != 0 ? POLYNOMIAL_16 : 0);
      }
      register &= 0xFFFF;
    }
    return register;
  }

  static int of8(Buffer bytes, int from, int until) {
    int register = 0;
    for (int i = from; i < until; i++) {
      register ^= bytes.getByte(i) & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        register = register << 1 ^ ((register & 0x80) != 0 ? POLYNOMIAL_8 : 0);
      }
      register &= 0xFF;
    }
    return register;
  }

  /**
   * The 16 bits that must come before bytes for the register to end at 0: the register, run
   * backwards over them and over the 16 bits themselves.
   */
  static int before16(Buffer bytes, int from, int until) {
    int register = 0;
    for (int i = until - 1; i >= from; i--) {
      for (int bit = 0; bit < 8; bit++) {
        register = back(register) ^ (bytes.getByte(i) >> bit & 1) << 15;
      }
    }
    for (int bit = 0; bit < 16; bit++) {
      register = back(register);
    }
    return register;
  }

  /** The register before a bit 0 was taken. */
  private static int back(int register) {
    return (register & 1) == 0 ? register >> 1 : (register ^ POLYNOMIAL_16) >> 1 | 0x8000;
  }
}

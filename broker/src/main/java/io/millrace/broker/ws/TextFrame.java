package io.millrace.broker.ws;

import io.netty.buffer.ByteBuf;

/** Writes the head of an unmasked, unfragmented text frame (RFC 6455 section 5.2). */
final class TextFrame {
  /** The most bytes a head has. */
  static final int LONGEST_HEAD = 10;

  private static final int FIN_TEXT = 0x81;
  private static final int SHORT = 126;
  private static final int LONG = 127;
  private static final int MOST_IN_SHORT = 0xFFFF;

  private TextFrame() {}

  static void head(int length, ByteBuf to) {
    to.writeByte(FIN_TEXT);
    if (length < SHORT) {
      to.writeByte(length);
    } else if (length <= MOST_IN_SHORT) {
      to.writeByte(SHORT).writeShort(length);
    } else {
      to.writeByte(LONG).writeLong(length);
    }
  }
}

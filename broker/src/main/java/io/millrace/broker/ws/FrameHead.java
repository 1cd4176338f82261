package io.millrace.broker.ws;

import io.millrace.broker.door.Encoding;
import io.netty.buffer.ByteBuf;

/** Writes the head of an unmasked, unfragmented frame (RFC 6455 section 5.2). */
final class FrameHead {
  /** The most bytes a head has. */
  static final int LONGEST = 10;

  private static final int FIN = 0x80;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int PONG = 10;
  private static final int SHORT = 126;
  private static final int LONG = 127;
  private static final int MOST_IN_SHORT = 0xFFFF;

  private FrameHead() {}

  /** The head of a message. */
  static void write(Encoding encoding, int length, ByteBuf to) {
    to.writeByte(FIN | (encoding == Encoding.JSON ? TEXT : BINARY));
    if (length < SHORT) {
      to.writeByte(length);
    } else if (length <= MOST_IN_SHORT) {
      to.writeByte(SHORT).writeShort(length);
    } else {
      to.writeByte(LONG).writeLong(length);
    }
  }

  /** The head of a pong; its payload has at most 125 bytes, as the ping's had. */
  static void pong(int length, ByteBuf to) {
    to.writeByte(FIN | PONG).writeByte(length);
  }
}

package io.millrace.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** A server's control frames (RFC 6455 section 5.5), as bytes. */
final class ControlFrames {
  private static final int FIN_CLOSE = 0x88;
  private static final int FIN_PING = 0x89;
  private static final int FIN_PONG = 0x8A;
  private static final int HEAD_BYTES = 2;
  private static final int CODE_BYTES = 2;

  /** A control frame has 125 bytes at most. */
  private static final int LONGEST_REASON = 125 - CODE_BYTES;

  private ControlFrames() {}

  static ByteBuf ping(ByteBufAllocator buffers) {
    return frame(buffers, FIN_PING, Unpooled.EMPTY_BUFFER);
  }

  /**
   * @param payload the ping's, which is read
   */
  static ByteBuf pong(ByteBufAllocator buffers, ByteBuf payload) {
    return frame(buffers, FIN_PONG, payload);
  }

  /**
   * @param payload of the close frame that is answered, which is read
   */
  static ByteBuf close(ByteBufAllocator buffers, ByteBuf payload) {
    return frame(buffers, FIN_CLOSE, payload);
  }

  /**
   * @param reason plain ASCII; what is too long is cut off
   */
  static ByteBuf close(ByteBufAllocator buffers, int code, String reason) {
    byte[] words = reason.getBytes(StandardCharsets.US_ASCII);
    int length = Math.min(LONGEST_REASON, words.length);
    ByteBuf payload = Unpooled.buffer(CODE_BYTES + length).writeShort(code);
    return frame(buffers, FIN_CLOSE, payload.writeBytes(words, 0, length));
  }

  private static ByteBuf frame(ByteBufAllocator buffers, int first, ByteBuf payload) {
    int length = payload.readableBytes();
    return buffers
        .directBuffer(HEAD_BYTES + length)
        .writeByte(first)
        .writeByte(length)
        .writeBytes(payload);
  }
}

package io.millrace.broker.ws;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Puts the fragments of a message together (RFC 6455 section 5.4), with a bound. Pure. */
final class FrameAssembly {
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int length;

  /**
   * Takes the next frame that is text or a continuation.
   *
   * @param mostBytes that a message may have
   * @return whether it still fits
   */
  boolean add(ByteBuf fragment, int mostBytes) {
    int more = fragment.readableBytes();
    int size = length + more;
    if (size > mostBytes) {
      bytes = NOTHING;
      length = 0;
      return false;
    }
    if (size > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.clamp(2L * length, size, mostBytes));
    }
    fragment.readBytes(bytes, length, more);
    length = size;
    return true;
  }

  /** The whole message, after the last frame. */
  byte[] take() {
    byte[] whole = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    bytes = NOTHING;
    length = 0;
    return whole;
  }
}

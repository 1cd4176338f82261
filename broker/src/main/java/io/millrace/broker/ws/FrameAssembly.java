package io.millrace.broker.ws;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Puts the fragments of a message together (RFC 6455 section 5.4), with a bound. Pure. */
final class FrameAssembly {
  private final int mostBytes;
  private @Nullable Buffer fragments;

  FrameAssembly(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Takes the next frame that is text or a continuation.
   *
   * @return whether it still fits
   */
  boolean add(Buffer fragment) {
    int size = (fragments == null ? 0 : fragments.length()) + fragment.length();
    if (size > mostBytes) {
      fragments = null;
      return false;
    }
    fragments =
        (fragments == null ? Buffer.buffer(fragment.length()) : fragments).appendBuffer(fragment);
    return true;
  }

  /** The whole message, after the last frame. */
  byte[] take() {
    Buffer whole = fragments;
    fragments = null;
    return whole == null ? new byte[0] : whole.getBytes();
  }
}

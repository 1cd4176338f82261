package io.millrace.http;

import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayDeque;
import java.util.Queue;

/** What came from the other side of a WebSocket and is to be heard later, in its order. */
final class HeldFrames {
  /** Beyond either nothing is read; until then a hang-up is still heard. */
  private static final int MOST = 16;

  private static final int MOST_BYTES = 64 * 1024;

  private final Queue<WebSocketFrame> frames = new ArrayDeque<>();
  private int bytes;

  /**
   * @param frame belongs to it until {@link #remove}
   */
  void add(WebSocketFrame frame) {
    frames.add(frame);
    bytes += frame.content().readableBytes();
  }

  /** The first one, which belongs to the caller now. */
  WebSocketFrame remove() {
    WebSocketFrame first = frames.remove();
    bytes -= first.content().readableBytes();
    return first;
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  boolean isFull() {
    return frames.size() >= MOST || bytes >= MOST_BYTES;
  }
}

package io.millrace.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/** What is heard of a {@link WebSocketConnection}, on its event loop. */
public interface WebSocketListener {
  /**
   * A text, a binary or a continuation frame.
   *
   * @param frame its content is released when this returns
   */
  void frame(WebSocketFrame frame);

  /**
   * Is to be answered with a pong, also while nothing is read.
   *
   * @param payload at most 125 bytes, released when this returns
   */
  void ping(ByteBuf payload);

  /** Also while nothing is read. */
  void pong();

  /** The server stops: the last moment to say something, and to end it in one's own words. */
  default void stopping() {}

  /**
   * It ends, and not by {@link WebSocketConnection#close}: nothing more can be said, and nothing is
   * heard any more. Called once at most, before {@link #closed}, which may come seconds later.
   */
  void closing();

  /** The connection is gone; called once, last. */
  void closed();
}

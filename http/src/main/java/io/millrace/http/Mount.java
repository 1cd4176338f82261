package io.millrace.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/**
 * What a module serves and where. The listener gives each request to the mount with the longest
 * prefix of its path that ends at a {@code /} or at the path's end.
 *
 * @param prefix starts with {@code /} and has no trailing one, but for the root {@code /}
 * @param handler called on the connection's event loop, never to block; answers every request it is
 *     given. A Vert.x {@code Router} is one
 * @param subprotocols of WebSocket (RFC 6455 section 1.9) that it speaks; a client may ask for
 *     those of any mount, so the handler looks at which one was agreed
 * @param webSocketBytes the longest WebSocket message that it takes; the listener lets through what
 *     the most generous one does, and refuses the rest before it is in memory
 * @param ownBodies whether the handler bounds the bodies of requests itself, in length and in time,
 *     and asks for those that wait to be asked for (RFC 9110 section 10.1.1); else the listener
 *     does
 */
public record Mount(
    String prefix,
    Handler<HttpServerRequest> handler,
    List<String> subprotocols,
    int webSocketBytes,
    boolean ownBodies) {
  /** With bodies as the listener bounds them. */
  public Mount(
      String prefix,
      Handler<HttpServerRequest> handler,
      List<String> subprotocols,
      int webSocketBytes) {
    this(prefix, handler, subprotocols, webSocketBytes, false);
  }

  /** For what is uploaded: bodies are the handler's. */
  public static Mount ofUploads(String prefix, Handler<HttpServerRequest> handler) {
    return new Mount(prefix, handler, List.of(), 0, true);
  }

  /** With what the listener lets through anyway. */
  public Mount(String prefix, Handler<HttpServerRequest> handler, List<String> subprotocols) {
    this(prefix, handler, subprotocols, 0);
  }

  /** Without WebSocket subprotocols. */
  public Mount(String prefix, Handler<HttpServerRequest> handler) {
    this(prefix, handler, List.of());
  }

  public Mount {
    subprotocols = List.copyOf(subprotocols);
    if (!prefix.startsWith("/") || (prefix.length() > 1 && prefix.endsWith("/"))) {
      throw new IllegalArgumentException("mount prefix '" + prefix + "'");
    }
  }
}

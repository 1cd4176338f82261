package io.millrace.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop and what they have in hand: turns away those above the limit
 * and closes those that keep us waiting. Belongs to that loop.
 *
 * <p>A response's end is noticed through its {@code endHandler} and {@code closeHandler}; a mount
 * that puts its own there is noticed by the sweep instead, a moment later.
 */
final class OpenConnections {
  private final Vertx vertx;
  private final HttpConfig.Limits limits;
  private final ConnectionLimit limit;
  private final HttpMetrics metrics;
  private final FirstReads firstReads = new FirstReads();
  private final IdentityHashMap<HttpConnection, OpenConnection> open = new IdentityHashMap<>();

  /**
   * @param limit of the listener; {@link CountedTls} has counted connections with TLS already
   */
  OpenConnections(
      Vertx vertx, HttpConfig.Limits limits, ConnectionLimit limit, HttpMetrics metrics) {
    this.vertx = vertx;
    this.limits = limits;
    this.limit = limit;
    this.metrics = metrics;
  }

  /** One of these; null when it was turned away or is gone. */
  @Nullable OpenConnection find(HttpConnection connection) {
    return open.get(connection);
  }

  /** Takes a new connection, or closes it where there are too many. */
  void add(HttpConnection connection, long now) {
    boolean isLimited = !connection.isSsl();
    if (isLimited && !limit.enter()) {
      connection.close();
      return;
    }
    metrics.opened();
    if (connection instanceof HttpServerConnection server && !connection.isSsl()) {
      firstReads.add(server.channelHandlerContext().channel());
    }
    OpenConnection its =
        new OpenConnection(
            connection, new ConnectionWatch(limits.headerTimeout(), limits.idleTimeout(), now));
    open.put(connection, its);
    whenClosed(connection, () -> disconnected(its, isLimited));
  }

  /**
   * Notices a connection's end even after it became a WebSocket, when its own {@code closeHandler}
   * is never called (Vert.x 5.1); the channel knows.
   */
  private static void whenClosed(HttpConnection connection, Runnable action) {
    if (connection instanceof HttpServerConnection server) {
      server.channelHandlerContext().channel().closeFuture().addListener(done -> action.run());
    } else {
      connection.closeHandler(closed -> action.run());
    }
  }

  private void disconnected(OpenConnection gone, boolean isLimited) {
    if (gone.connection() != null) {
      open.remove(gone.connection());
    }
    if (isLimited) {
      limit.leave();
    }
    metrics.closed();
    gone.abandon(metrics);
  }

  /** Closes what has kept this listener waiting for too long. */
  void sweep(long now) {
    for (Map.Entry<HttpConnection, OpenConnection> entry : List.copyOf(open.entrySet())) {
      OpenConnection connection = entry.getValue();
      connection.prune(metrics, now);
      if (connection.isUpgraded()) {
        // What speaks HTTP no more is another's to watch, and its HTTP part is not kept for it.
        open.remove(entry.getKey());
        connection.handOver(metrics);
        continue;
      }
      connection.late(now).forEach(exchange -> cutBody(exchange.request()));
      connection
          .stalled(now, limits.idleTimeout().toMillis())
          .forEach(exchange -> cutAnswer(exchange.request()));
      Optional<String> reason = connection.watch().expired(now);
      if (reason.isPresent()) {
        if (!reason.get().equals("idle")) {
          metrics.refused(reason.get());
        }
        entry.getKey().close();
      }
    }
  }

  /** A body that trickles in. */
  private void cutBody(HttpServerRequest request) {
    metrics.refused("body-timeout");
    LastAnswer.send(
        vertx,
        request,
        new Problem(408, "body-timeout", "The request's body did not arrive in time"));
  }

  /** An answer that nobody takes; a close that waits for what is queued would never come. */
  private void cutAnswer(HttpServerRequest request) {
    metrics.refused("stalled");
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else if (request.connection() instanceof HttpServerConnection server) {
      var _ = server.channelHandlerContext().channel().close();
    } else {
      request.connection().close();
    }
  }
}

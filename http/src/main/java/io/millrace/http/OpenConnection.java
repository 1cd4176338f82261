package io.millrace.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One connection and what is in hand on it. Belongs to its event loop. */
final class OpenConnection {
  private final HttpConnection connection;
  private final ConnectionWatch watch;
  private final Set<Exchange> inHand = new HashSet<>();

  OpenConnection(HttpConnection connection, ConnectionWatch watch) {
    this.connection = connection;
    this.watch = watch;
  }

  HttpConnection connection() {
    return connection;
  }

  ConnectionWatch watch() {
    return watch;
  }

  void begin(Exchange exchange) {
    inHand.add(exchange);
    watch.requestStarted();
  }

  /** Counts an answer that is over, once; an upgrade is in hand until the connection is gone. */
  void end(Exchange exchange, HttpMetrics metrics, long now) {
    boolean upgraded = exchange.request().response().getStatusCode() == 101;
    if (!upgraded && inHand.remove(exchange)) {
      exchange.measure(metrics, exchange.request().response().ended());
      watch.requestEnded(now);
    }
  }

  /** Ends what has ended without saying so. */
  void prune(HttpMetrics metrics, long now) {
    for (Exchange exchange : List.copyOf(inHand)) {
      HttpServerResponse response = exchange.request().response();
      if (response.ended() || response.closed()) {
        end(exchange, metrics, now);
      }
    }
  }

  /** What still sends its body after its deadline. */
  List<Exchange> late(long now) {
    return inHand.stream().filter(exchange -> exchange.hasLateBody(now)).toList();
  }

  /** Answers of which the client has taken nothing for so long. */
  List<Exchange> stalled(long now, long limitMillis) {
    return inHand.stream().filter(exchange -> exchange.isStalled(now, limitMillis)).toList();
  }

  /** The connection is gone. */
  void abandon(HttpMetrics metrics) {
    for (Exchange exchange : inHand) {
      exchange.measure(metrics, exchange.request().response().ended());
    }
    inHand.clear();
  }
}

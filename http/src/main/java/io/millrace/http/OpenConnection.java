package io.millrace.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One connection and what is in hand on it. Belongs to its event loop. */
final class OpenConnection {
  private final ConnectionWatch watch;
  private final Set<Exchange> inHand = new HashSet<>();
  private @Nullable HttpConnection connection;

  OpenConnection(HttpConnection connection, ConnectionWatch watch) {
    this.connection = connection;
    this.watch = watch;
  }

  /** Null when it was handed over. */
  @Nullable HttpConnection connection() {
    return connection;
  }

  ConnectionWatch watch() {
    return watch;
  }

  void begin(Exchange exchange) {
    inHand.add(exchange);
    watch.requestStarted();
  }

  /** Counts an answer that is over, once; an upgrade is in hand until it is handed over. */
  void end(Exchange exchange, HttpMetrics metrics, long now) {
    if (!exchange.isUpgrade() && inHand.remove(exchange)) {
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

  /** Whether it speaks another protocol now. */
  boolean isUpgraded() {
    return inHand.stream().anyMatch(Exchange::isUpgrade);
  }

  /** Another one has the connection from now on; nothing of it is held here. */
  void handOver(HttpMetrics metrics) {
    inHand.forEach(exchange -> exchange.measure(metrics, true));
    inHand.clear();
    connection = null;
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

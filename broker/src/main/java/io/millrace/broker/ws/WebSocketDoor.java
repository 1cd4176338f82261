package io.millrace.broker.ws;

import io.millrace.access.TopicCredential;
import io.millrace.broker.door.Credentials;
import io.millrace.broker.door.Doors;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.TrustedProxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;

/** Takes WebSocket connections. Thread-safe; each connection belongs to its event loop. */
public final class WebSocketDoor {
  /** The door's word in metrics and credentials. */
  static final String NAME = "websocket";

  private static final String JSON = "millrace.json";
  private static final int UPGRADE_REQUIRED = 426;
  private static final short PROTOCOL_ERROR = 1002;

  private final Doors doors;
  private final TrustedProxies proxies;

  public WebSocketDoor(Doors doors, TrustedProxies proxies) {
    this.doors = doors;
    this.proxies = proxies;
  }

  public Mount mount() {
    return new Mount("/ws", this::requested, List.of(JSON));
  }

  private void requested(HttpServerRequest request) {
    if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
      request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
      Problems.send(
          request,
          new Problem(
              UPGRADE_REQUIRED, "upgrade-required", "This address speaks WebSocket (RFC 6455)"));
      return;
    }
    TopicCredential credential = Credentials.of(request, proxies, NAME);
    // A handshake that is not right has been answered by then.
    request.toWebSocket().onSuccess(socket -> opened(socket, credential));
  }

  private void opened(ServerWebSocket socket, TopicCredential credential) {
    String agreed = socket.subProtocol();
    if (agreed != null && !agreed.equals(JSON)) {
      socket.close(PROTOCOL_ERROR, "the subprotocol here is " + JSON);
      return;
    }
    new WsConnection(doors.here(), socket, credential).open();
  }
}

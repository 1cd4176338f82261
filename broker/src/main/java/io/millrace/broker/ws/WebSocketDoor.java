package io.millrace.broker.ws;

import io.millrace.access.TopicCredential;
import io.millrace.broker.DoorConfig;
import io.millrace.broker.door.Credentials;
import io.millrace.broker.door.DoorNames;
import io.millrace.broker.door.Doors;
import io.millrace.broker.door.Encoding;
import io.millrace.http.LateMount;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.TrustedProxies;
import io.millrace.http.WebSocketConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Takes WebSocket connections. Thread-safe; each connection belongs to its event loop. */
public final class WebSocketDoor {
  /** The door's word in metrics and credentials. */
  static final String NAME = DoorNames.WEBSOCKET;

  private static final String JSON = "millrace.json";
  private static final String CBOR = "millrace.cbor";
  private static final String PATH = "/ws";
  private static final List<String> SUBPROTOCOLS = List.of(JSON, CBOR);
  private static final int UPGRADE_REQUIRED = 426;
  private static final short PROTOCOL_ERROR = 1002;

  /** Why the server ends a connection, besides refusals. */
  private static final List<String> ENDS =
      List.of("not-utf8", "malformed", "unsupported", "too-big", "silent");

  private final Doors doors;
  private final TrustedProxies proxies;

  public WebSocketDoor(Doors doors, TrustedProxies proxies) {
    this.doors = doors;
    this.proxies = proxies;
    doors.metrics().mayClose(NAME, ENDS);
  }

  /** Its place, before there is a log. */
  public static LateMount place(DoorConfig config) {
    return new LateMount(PATH, SUBPROTOCOLS, config.maxFrameBytes());
  }

  public Mount mount() {
    return new Mount(PATH, this::requested, SUBPROTOCOLS, doors.config().maxFrameBytes());
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
    WebSocketConnection.accept(request).onSuccess(socket -> opened(socket, credential));
  }

  private void opened(WebSocketConnection socket, TopicCredential credential) {
    switch (socket.subprotocol()) {
      case null -> open(socket, credential, Encoding.JSON);
      case JSON -> open(socket, credential, Encoding.JSON);
      case CBOR -> open(socket, credential, Encoding.CBOR);
      default -> socket.close(PROTOCOL_ERROR, "the subprotocol here is " + JSON + " or " + CBOR);
    }
  }

  private void open(WebSocketConnection socket, TopicCredential credential, Encoding encoding) {
    new WsConnection(doors.here(), encoding, socket, credential).open();
  }
}

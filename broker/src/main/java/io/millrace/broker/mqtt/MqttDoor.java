package io.millrace.broker.mqtt;

import io.millrace.access.TopicCredential;
import io.millrace.broker.MqttConfig;
import io.millrace.broker.door.Credentials;
import io.millrace.broker.door.DoorLoop;
import io.millrace.broker.door.DoorNames;
import io.millrace.broker.door.Doors;
import io.millrace.broker.topic.MountPoint;
import io.millrace.http.LateMount;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.TrustedProxies;
import io.millrace.http.WebSocketConnection;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes MQTT connections, over WebSocket by itself and over TCP from {@link MqttListener}.
 * Thread-safe; each connection belongs to its event loop.
 */
public final class MqttDoor {
  /** The door's word in metrics and credentials. */
  static final String NAME = DoorNames.MQTT;

  /** Within how many milliseconds a credential that is not good any more is known to be so. */
  private static final long REVOCATION = 2000;

  private static final String PATH = "/mqtt";
  private static final int UPGRADE_REQUIRED = 426;
  private static final short PROTOCOL_ERROR = 1002;

  private final Doors doors;
  private final MqttConfig config;
  private final Sessions sessions;
  private final MqttMetrics metrics;
  private final SharedGroups groups = new SharedGroups();
  private final Set<MqttConnection> connections = ConcurrentHashMap.newKeySet();
  private final PublishEncoding.Key version3;
  private final PublishEncoding.Key version5;

  MqttDoor(Doors doors, MqttConfig config, Sessions sessions, MqttMetrics metrics) {
    this.doors = doors;
    this.config = config;
    this.sessions = sessions;
    this.metrics = metrics;
    this.version3 = new PublishEncoding.Key(Version.V3_1_1, config.mount());
    this.version5 = new PublishEncoding.Key(Version.V5, config.mount());
    doors.metrics().mayClose(NAME, List.of("no-connect", "tls-failed", "too-many"));
    doors.metrics().mayClose(NAME, ReasonCode.words());
    sessions.whenEnded(groups::ending);
    metrics.observe(sessions::waiting, groups::size);
  }

  /** The place of MQTT over WebSocket, before there is a log. */
  static LateMount place(MqttConfig config) {
    return new LateMount(PATH, List.of(NAME), config.packetBytes());
  }

  /** MQTT over WebSocket (section 6). */
  Mount mount(TrustedProxies proxies) {
    return new Mount(
        PATH, request -> requested(request, proxies), List.of(NAME), config.packetBytes());
  }

  private void requested(HttpServerRequest request, TrustedProxies proxies) {
    if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
      request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
      Problems.send(
          request,
          new Problem(
              UPGRADE_REQUIRED,
              "upgrade-required",
              "This address speaks MQTT over WebSocket (RFC 6455)"));
      return;
    }
    TopicCredential credential = Credentials.of(request, proxies, NAME);
    // A handshake that is not right has been answered by then.
    WebSocketConnection.accept(request).onSuccess(socket -> opened(socket, credential));
  }

  private void opened(WebSocketConnection socket, TopicCredential credential) {
    if (!NAME.equals(socket.subprotocol())) {
      socket.close(PROTOCOL_ERROR, "the subprotocol here is " + NAME);
      return;
    }
    open(new WebSocketTransport(socket, credential), () -> {});
  }

  /**
   * Serves a connection over TCP or TLS, on its event loop.
   *
   * @param gone hears when it is over
   */
  void connected(NetSocket socket, Runnable gone) {
    open(new TcpTransport(socket), gone);
  }

  private void open(MqttTransport transport, Runnable gone) {
    MqttConnection connection =
        new MqttConnection(
            this,
            doors.here(),
            transport,
            its -> {
              connections.remove(its);
              gone.run();
            });
    connections.add(connection);
    connection.open();
  }

  /** Tells every client that the server goes; any thread. Completes when all have been told. */
  Future<Void> shutDown() {
    return Future.join(connections.stream().map(MqttConnection::shutDown).toList()).mapEmpty();
  }

  /**
   * Sees to the wills that are only in what is kept: of those who were lost before the start, and
   * from now on of those whom other nodes give back; on an event loop.
   */
  void mourn() {
    DoorLoop loop = doors.here();
    sessions.wills().whenGivenBack((key, session) -> loop.later(() -> mourn(loop, key, session)));
    sessions.wills().lost().forEach((key, session) -> mourn(loop, key, session));
  }

  private void mourn(DoorLoop loop, String key, StoredSession session) {
    session.will().ifPresent(will -> mourn(loop, key, session, will));
  }

  private void mourn(
      DoorLoop loop, String key, StoredSession session, StoredSession.KeptWill will) {
    LastWill.ofTheLost(loop, key, will)
        .ifPresent(
            last -> {
              if (sessions.wills().mourn(key, last)) {
                // Whether its credential is still good is looked at meanwhile.
                long least = will.ids().isEmpty() && will.grantEndsAt().isEmpty() ? 0 : REVOCATION;
                last.in(Math.max(least, session.dueAt(will) - loop.now()));
              } else {
                last.cancel();
              }
            });
  }

  /**
   * Namespaces were deleted: everybody begins anew in others of their names; blocks, and throws, as
   * {@link Sessions#beginAnew}.
   */
  void deleted(Set<String> namespaces) throws InterruptedException {
    // First this: what members are told to forget is not dealt to them again.
    namespaces.forEach(groups::beginAnew);
    sessions.beginAnew(namespaces::contains);
  }

  /** Forgets what nobody comes back to; now and then. */
  void tend() {
    groups.sweep(doors.now());
  }

  MqttConfig config() {
    return config;
  }

  Sessions sessions() {
    return sessions;
  }

  SharedGroups groups() {
    return groups;
  }

  MqttMetrics metrics() {
    return metrics;
  }

  /** The same for as many clients as can be. */
  PublishEncoding.Key encodingKey(Version version, MountPoint mount) {
    if (!mount.equals(config.mount())) {
      return new PublishEncoding.Key(version, mount);
    }
    return version.isV5() ? version5 : version3;
  }
}

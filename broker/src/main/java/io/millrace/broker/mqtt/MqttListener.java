package io.millrace.broker.mqtt;

import io.millrace.broker.MqttConfig;
import io.millrace.broker.door.DoorMetrics;
import io.millrace.http.WantedPort;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Listens for MQTT over TCP and TLS on one event loop. Instances of one deployment share the ports;
 * Vert.x deals the connections out to them. {@link MqttServer} deploys it.
 */
final class MqttListener extends VerticleBase {
  /** What the instances of one server have in common. */
  record Shared(
      MqttConfig config,
      MqttDoor door,
      DoorMetrics metrics,
      Optional<PemKeyCertOptions> certificate,
      int freePort,
      AtomicInteger connections,
      List<MqttListener> instances) {}

  // To Vert.x, servers on the same host with the same negative port are one server on one free
  // port. Each of this process's servers has its own two numbers.
  private static final AtomicInteger FREE_PORTS = new AtomicInteger(-900_000);

  private final Shared shared;
  private @Nullable NetServer plain;
  private @Nullable NetServer secure;

  MqttListener(Shared shared) {
    this.shared = shared;
  }

  /** A number that the instances of one server share. */
  static int nextFreePort() {
    return FREE_PORTS.getAndAdd(-2);
  }

  @Override
  public Future<?> start() {
    MqttConfig config = shared.config;
    NetServerOptions options = new NetServerOptions().setTcpNoDelay(true).setTcpKeepAlive(true);
    plain = vertx.createNetServer(options).connectHandler(this::connected);
    Future<NetServer> listening = listen(plain, config.plain(), shared.freePort);
    if (shared.certificate.isPresent()) {
      NetServer second = secure(options, shared.certificate.get());
      secure = second;
      listening = listening.compose(first -> listen(second, config.secure(), shared.freePort - 1));
    }
    return listening.onSuccess(all -> shared.instances.add(this));
  }

  private NetServer secure(NetServerOptions options, PemKeyCertOptions certificate) {
    NetServerOptions tls =
        new NetServerOptions(options)
            .setSsl(true)
            .setKeyCertOptions(certificate)
            .setSslHandshakeTimeout(shared.config.connectTimeout().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    shared
        .config
        .clientAuthority()
        .ifPresent(
            authority -> {
              tls.setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()));
              tls.setClientAuth(clientAuth());
            });
    return vertx
        .createNetServer(tls)
        .connectHandler(this::connected)
        .exceptionHandler(failure -> shared.metrics.closed(MqttDoor.NAME, "tls-failed"));
  }

  private ClientAuth clientAuth() {
    return shared.config.requireClientCertificate() ? ClientAuth.REQUIRED : ClientAuth.REQUEST;
  }

  private static Future<NetServer> listen(NetServer server, WantedPort wanted, int freePort) {
    return server
        .listen(wanted.port() == 0 ? freePort : wanted.port(), wanted.host())
        .recover(failure -> Future.failedFuture(wanted.failed(failure)));
  }

  private void connected(NetSocket socket) {
    if (shared.connections.incrementAndGet() > shared.config.maxConnections()) {
      shared.connections.decrementAndGet();
      shared.metrics.closed(MqttDoor.NAME, "too-many");
      socket.close();
      return;
    }
    shared.door.connected(socket, shared.connections::decrementAndGet);
  }

  @Override
  public Future<?> stop() {
    return (plain == null ? Future.<Void>succeededFuture() : plain.close())
        .transform(done -> secure == null ? Future.succeededFuture() : secure.close());
  }

  /** Publishes the wills of those who were lost with the process. */
  void mourn() {
    context.runOnContext(ignored -> shared.door.mourn());
  }

  int port() {
    return plain == null ? 0 : plain.actualPort();
  }

  OptionalInt tlsPort() {
    return secure == null ? OptionalInt.empty() : OptionalInt.of(secure.actualPort());
  }

  /** Serves new connections of every instance with this certificate; from any thread. */
  Future<Boolean> useCertificate(PemKeyCertOptions certificate) {
    NetServer second = secure;
    if (second == null) {
      return Future.succeededFuture(false);
    }
    ServerSSLOptions options = new ServerSSLOptions().setKeyCertOptions(certificate);
    options
        .setSslHandshakeTimeout(shared.config.connectTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    shared
        .config
        .clientAuthority()
        .ifPresent(
            authority -> {
              options.setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()));
              options.setClientAuth(clientAuth());
            });
    return second.updateSSLOptions(options, true);
  }
}

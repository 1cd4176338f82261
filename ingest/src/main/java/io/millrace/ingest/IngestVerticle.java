package io.millrace.ingest;

import io.millrace.ingest.rtmp.ReadTurns;
import io.millrace.ingest.rtmp.RtmpConnection;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Listens for publishers on one event loop. Instances of one deployment share the ports; Vert.x
 * deals the connections out to them. {@link IngestServer} deploys it.
 */
final class IngestVerticle extends VerticleBase {
  static final String RTMP = "rtmp";
  static final String RTMPS = "rtmps";

  /** Why a connection is closed before anything is read of it, besides {@link Admission}'s. */
  static final String TLS_FAILED = "tls-failed";

  static final String STOPPING = "stopping";

  // To Vert.x, servers on the same host with the same negative port are one server on one free
  // port. Each of this process's servers has its own two numbers.
  private static final AtomicInteger FREE_PORTS = new AtomicInteger(-500_000);

  private final IngestServer.Shared shared;
  private final int freePort;
  private final Set<RtmpConnection> connections = new HashSet<>();
  private final ReadTurns turns = new ReadTurns();
  private @Nullable NetServer plain;
  private @Nullable NetServer secure;

  IngestVerticle(IngestServer.Shared shared, int freePort) {
    this.shared = shared;
    this.freePort = freePort;
  }

  /** A number that the instances of one server share. */
  static int nextFreePort() {
    return FREE_PORTS.getAndAdd(-2);
  }

  @Override
  public Future<?> start() {
    IngestConfig config = shared.config();
    NetServerOptions options = new NetServerOptions().setTcpNoDelay(true).setTcpKeepAlive(true);
    plain = vertx.createNetServer(options).connectHandler(socket -> connected(RTMP, socket));
    Future<NetServer> listening =
        listen(plain, "ingest.rtmp.port", config.rtmpHost(), config.rtmpPort(), freePort);
    Optional<PemKeyCertOptions> certificate = shared.certificate();
    if (certificate.isPresent()) {
      NetServerOptions tls =
          new NetServerOptions(options)
              .setSsl(true)
              .setKeyCertOptions(certificate.get())
              .setSslHandshakeTimeout(config.handshakeTimeout().toMillis())
              .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
      NetServer second =
          vertx
              .createNetServer(tls)
              .connectHandler(socket -> connected(RTMPS, socket))
              .exceptionHandler(this::tlsFailed);
      secure = second;
      listening =
          listening.compose(
              first ->
                  listen(
                      second,
                      "ingest.rtmps.port",
                      config.rtmpHost(),
                      config.rtmpsPort(),
                      freePort - 1));
    }
    return listening.onSuccess(all -> shared.instances().add(this));
  }

  @Override
  public Future<?> stop() {
    shared.stopping().set(true);
    List<Future<Void>> closed =
        List.copyOf(connections).stream().map(RtmpConnection::shutdown).toList();
    return Future.join(closed)
        .transform(all -> plain == null ? Future.succeededFuture() : plain.close())
        .transform(all -> secure == null ? Future.succeededFuture() : secure.close());
  }

  int rtmpPort() {
    return plain == null ? 0 : plain.actualPort();
  }

  OptionalInt rtmpsPort() {
    return secure == null ? OptionalInt.empty() : OptionalInt.of(secure.actualPort());
  }

  /** Serves new connections of every instance with this certificate; from any thread. */
  Future<Boolean> useCertificate(PemKeyCertOptions certificate) {
    ServerSSLOptions options = new ServerSSLOptions().setKeyCertOptions(certificate);
    options
        .setSslHandshakeTimeout(shared.config().handshakeTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    return secure == null ? Future.succeededFuture(false) : secure.updateSSLOptions(options, true);
  }

  private static Future<NetServer> listen(
      NetServer server, String key, String host, int port, int freePort) {
    return server
        .listen(port == 0 ? freePort : port, host)
        .recover(failure -> Future.failedFuture(new PortException(key, port, failure)));
  }

  private void tlsFailed(Throwable failure) {
    shared.metrics().closed.labelValues(RTMPS, TLS_FAILED).inc();
    shared.strangers().turnedAway(TLS_FAILED, "?", String.valueOf(failure.getMessage()));
  }

  private void connected(String protocol, NetSocket socket) {
    String peer = String.valueOf(socket.remoteAddress().hostAddress());
    if (shared.stopping().get()) {
      // The ports close behind those who are being told; a newcomer would only be told the same.
      shared.metrics().closed.labelValues(protocol, STOPPING).inc();
      socket.close();
      return;
    }
    Admission.Answer answer = shared.admission().enter(peer);
    if (answer != Admission.Answer.ADMITTED) {
      String reason = answer.word();
      shared.metrics().closed.labelValues(protocol, reason).inc();
      shared.strangers().turnedAway(reason, peer, "closed without a word");
      socket.close();
      return;
    }
    RtmpConnection connection =
        RtmpConnection.serve(
            vertx,
            socket,
            protocol,
            shared.config(),
            shared.metrics(),
            shared.strangers(),
            shared.authorizer(),
            shared.streams(),
            turns);
    connections.add(connection);
    connection
        .closed()
        .onComplete(
            v -> {
              shared.admission().left(peer);
              connections.remove(connection);
            });
  }
}

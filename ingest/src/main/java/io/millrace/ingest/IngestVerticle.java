package io.millrace.ingest;

import io.millrace.ingest.rtmp.RtmpConnection;
import io.millrace.media.LiveStreams;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for publishers on one event loop. Instances of one deployment share the port; Vert.x
 * deals the connections out to them. {@link IngestServer} deploys it.
 */
final class IngestVerticle extends VerticleBase {
  private static final Logger LOGGER = LoggerFactory.getLogger(IngestVerticle.class);

  private final IngestConfig config;
  private final PublishAuthorizer authorizer;
  private final LiveStreams streams;
  private final IngestMetrics metrics;
  private final AtomicInteger openConnections;
  private final AtomicInteger boundPort;
  private final Set<RtmpConnection> connections = new HashSet<>();
  private @Nullable NetServer server;

  /**
   * @param openConnections of all instances together
   * @param boundPort where to put the port that was bound
   */
  IngestVerticle(
      IngestConfig config,
      PublishAuthorizer authorizer,
      LiveStreams streams,
      IngestMetrics metrics,
      AtomicInteger openConnections,
      AtomicInteger boundPort) {
    this.config = config;
    this.authorizer = authorizer;
    this.streams = streams;
    this.metrics = metrics;
    this.openConnections = openConnections;
    this.boundPort = boundPort;
  }

  @Override
  public Future<?> start() {
    NetServerOptions options = new NetServerOptions().setTcpNoDelay(true).setTcpKeepAlive(true);
    NetServer listening = vertx.createNetServer(options).connectHandler(this::connected);
    server = listening;
    // Below zero means a free port that all instances of a deployment share.
    int port = config.rtmpPort() == 0 ? -1 : config.rtmpPort();
    return listening
        .listen(port, config.rtmpHost())
        .onSuccess(bound -> boundPort.set(bound.actualPort()));
  }

  @Override
  public Future<?> stop() {
    List<Future<Void>> closed =
        List.copyOf(connections).stream().map(RtmpConnection::shutdown).toList();
    Future<Void> all = Future.join(closed).mapEmpty();
    return server == null ? all : all.eventually(server::close);
  }

  private void connected(NetSocket socket) {
    if (openConnections.incrementAndGet() > config.maxConnections()) {
      openConnections.decrementAndGet();
      metrics.closed.labelValues("rtmp", "too_many_connections").inc();
      LOGGER
          .atWarn()
          .addKeyValue("peer", socket.remoteAddress())
          .addKeyValue("limit", config.maxConnections())
          .log("too many publishers' connections");
      socket.close();
      return;
    }
    RtmpConnection connection =
        RtmpConnection.serve(vertx, socket, config, metrics, authorizer, streams);
    connections.add(connection);
    connection
        .closed()
        .onComplete(
            v -> {
              openConnections.decrementAndGet();
              connections.remove(connection);
            });
  }
}

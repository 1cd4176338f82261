package io.millrace.ingest;

import io.millrace.media.LiveStreams;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;

/** The running ingest of this node. Thread-safe. */
public final class IngestServer {
  private final Vertx vertx;
  private final String deployment;
  private final int rtmpPort;

  private IngestServer(Vertx vertx, String deployment, int rtmpPort) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.rtmpPort = rtmpPort;
  }

  /**
   * Starts to listen.
   *
   * @param eventLoops how many event loops share the connections
   * @return fails with a {@link java.net.BindException} when the port is in use
   */
  public static Future<IngestServer> start(
      Vertx vertx,
      int eventLoops,
      IngestConfig config,
      PublishAuthorizer authorizer,
      LiveStreams streams,
      IngestMetrics metrics) {
    AtomicInteger connections = new AtomicInteger();
    AtomicInteger port = new AtomicInteger();
    return vertx
        .deployVerticle(
            () -> new IngestVerticle(config, authorizer, streams, metrics, connections, port),
            new DeploymentOptions().setInstances(eventLoops))
        .map(id -> new IngestServer(vertx, id, port.get()));
  }

  /** The TCP port that RTMP is received on. */
  public int rtmpPort() {
    return rtmpPort;
  }

  /** Tells every publisher that the server is stopping and closes the listener. */
  public Future<Void> stop() {
    return vertx.undeploy(deployment);
  }
}

package io.millrace.ingest;

import io.millrace.http.CertificateWatch;
import io.millrace.ingest.rtmp.RtmpConnection;
import io.millrace.media.LiveStreams;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running ingest of this node. Thread-safe. */
public final class IngestServer {
  private static final Logger LOGGER = LoggerFactory.getLogger(IngestServer.class);
  private static final Duration SUMMARY_PERIOD = Duration.ofSeconds(5);
  private static final List<String> CLOSE_REASONS = closeReasons();

  /** What the instances of one server have in common. */
  record Shared(
      IngestConfig config,
      PublishAuthorizer authorizer,
      LiveStreams streams,
      IngestMetrics metrics,
      Admission admission,
      Strangers strangers,
      Optional<PemKeyCertOptions> certificate,
      List<IngestVerticle> instances,
      AtomicBoolean stopping) {}

  private final Vertx vertx;
  private final Shared shared;
  private final Optional<CertificateWatch> certificate;
  private final String deployment;
  private final long summaryTimer;

  private IngestServer(
      Vertx vertx, Shared shared, Optional<CertificateWatch> certificate, String deployment) {
    this.vertx = vertx;
    this.shared = shared;
    this.certificate = certificate;
    this.deployment = deployment;
    this.summaryTimer = vertx.setPeriodic(SUMMARY_PERIOD.toMillis(), id -> summarize());
    certificate.ifPresent(watch -> watch.tell(new CertificateUse()));
  }

  private static List<String> closeReasons() {
    List<String> reasons = new ArrayList<>(RtmpConnection.closeReasons());
    reasons.addAll(Admission.Answer.refusals());
    reasons.addAll(List.of(IngestVerticle.TLS_FAILED, IngestVerticle.STOPPING));
    return List.copyOf(reasons);
  }

  /**
   * Starts to listen.
   *
   * @param eventLoops how many event loops share the connections
   * @return fails with a {@link PortException} when a port cannot be opened, with an {@link
   *     java.io.IOException} when the certificate cannot be used
   */
  public static Future<IngestServer> start(
      Vertx vertx,
      int eventLoops,
      IngestConfig config,
      PublishAuthorizer authorizer,
      LiveStreams streams,
      IngestMetrics metrics) {
    return CertificateWatch.loadIfAny(vertx, config.rtmpsCertificate())
        .compose(
            certificate -> {
              Shared shared =
                  new Shared(
                      config,
                      authorizer,
                      streams,
                      metrics,
                      new Admission(config.maxConnections(), config.maxConnectionsPerAddress()),
                      new Strangers(),
                      certificate.map(CertificateWatch::certificate),
                      new CopyOnWriteArrayList<>(),
                      new AtomicBoolean());
              metrics.serves(IngestVerticle.RTMP, CLOSE_REASONS);
              certificate.ifPresent(its -> metrics.serves(IngestVerticle.RTMPS, CLOSE_REASONS));
              int freePort = IngestVerticle.nextFreePort();
              return vertx
                  .deployVerticle(
                      () -> new IngestVerticle(shared, freePort),
                      new DeploymentOptions().setInstances(eventLoops))
                  .map(id -> new IngestServer(vertx, shared, certificate, id));
            });
  }

  /** The TCP port that RTMP is received on. */
  public int rtmpPort() {
    return shared.instances().getFirst().rtmpPort();
  }

  /** The TCP port that RTMP within TLS is received on; empty without a certificate. */
  public OptionalInt rtmpsPort() {
    return shared.instances().getFirst().rtmpsPort();
  }

  /** Tells every publisher that the server is stopping and closes the listener. */
  public Future<Void> stop() {
    certificate.ifPresent(CertificateWatch::close);
    vertx.cancelTimer(summaryTimer);
    summarize();
    return vertx.undeploy(deployment);
  }

  /** Looks at the certificate's files now. */
  Future<Void> reloadCertificate() {
    return certificate.orElseThrow().check();
  }

  private void summarize() {
    shared
        .strangers()
        .take()
        .ifPresent(
            summary ->
                LOGGER
                    .atWarn()
                    .addKeyValue("reasons", new TreeMap<>(summary.counts()))
                    .addKeyValue("lastPeer", summary.peer())
                    .addKeyValue("lastMessage", summary.message())
                    .log("connections that did not become publishers"));
  }

  private final class CertificateUse implements CertificateWatch.Owner {
    @Override
    public String section() {
      return "ingest.rtmps";
    }

    @Override
    public Future<?> use(PemKeyCertOptions changed) {
      return shared.instances().getFirst().useCertificate(changed);
    }

    @Override
    public void reloaded(boolean taken) {
      shared.metrics().certificateReloads.labelValues(taken ? "taken" : "refused").inc();
    }
  }
}

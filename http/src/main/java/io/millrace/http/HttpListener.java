package io.millrace.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open listener: HTTP/1.1 on the plain port, HTTP/1.1 and HTTP/2 (by ALPN) on the TLS port where
 * there is a certificate. One {@link HttpListenerVerticle} per event loop shares the sockets. The
 * certificate's files are looked at every few seconds and taken without a pause when they change.
 *
 * <p>Thread-safe.
 */
public final class HttpListener {
  // To Vert.x, servers on the same host with the same negative port are one server on one free
  // port. Every listener has its own two numbers, or two listeners on port 0 would share a socket.
  private static final AtomicInteger FREE_PORTS = new AtomicInteger(-1000);

  /**
   * What the instances of one listener have in common.
   *
   * @param freePort negative; the plain port's number where the system chooses, and one less the
   *     TLS port's
   * @param vouchedFor whether the certificate in force is one that browsers believe
   */
  record Shared(
      HttpConfig config,
      int freePort,
      Optional<ServerSSLOptions> tls,
      MountTable mounts,
      HttpMetrics metrics,
      ConnectionLimit connections,
      AtomicBoolean vouchedFor,
      List<HttpListenerVerticle> instances) {}

  private final Vertx vertx;
  private final Shared shared;
  private final String deploymentId;
  private final Optional<CertificateWatch> certificate;

  private HttpListener(
      Vertx vertx, Shared shared, String deploymentId, Optional<CertificateWatch> certificate) {
    this.vertx = vertx;
    this.shared = shared;
    this.deploymentId = deploymentId;
    this.certificate = certificate;
    certificate.ifPresent(watch -> watch.tell(new CertificateUse()));
  }

  /**
   * Opens the ports.
   *
   * @param mounts handlers are shared by all event loops
   * @param instances event loops to serve on
   * @return fails with {@link ListenException} when a port or the certificate cannot be used
   */
  public static Future<HttpListener> open(
      Vertx vertx, HttpConfig config, List<Mount> mounts, HttpMetrics metrics, int instances) {
    MountTable table = new MountTable(mounts);
    mounts.forEach(mount -> metrics.serves(mount.prefix()));
    return CertificateWatch.loadIfAny(vertx, config.certificate())
        .recover(
            failure ->
                Future.failedFuture(
                    new ListenException(
                        config.path()
                            + ".tls."
                            + CertificateFileException.keyOf(failure)
                            + ": "
                            + failure.getMessage(),
                        failure)))
        .compose(
            certificate -> {
              Shared shared =
                  new Shared(
                      config,
                      FREE_PORTS.getAndAdd(-2),
                      certificate.map(watch -> tls(config, watch.certificate())),
                      table,
                      metrics,
                      new ConnectionLimit(config.limits().connections(), metrics),
                      new AtomicBoolean(
                          certificate.isPresent() && !certificate.get().isSelfSigned()),
                      new CopyOnWriteArrayList<>());
              return vertx
                  .deployVerticle(
                      () -> new HttpListenerVerticle(shared),
                      new DeploymentOptions().setInstances(instances))
                  .map(id -> new HttpListener(vertx, shared, id, certificate));
            });
  }

  /** The port that is really open for plain HTTP. */
  public int port() {
    return shared.instances().getFirst().port();
  }

  /** The port that is really open for HTTPS; empty without a certificate. */
  public OptionalInt tlsPort() {
    return shared.instances().getFirst().tlsPort();
  }

  /** Connections open now, on all event loops; those in their TLS handshake among them. */
  public int connections() {
    return shared.connections().inside();
  }

  /**
   * Takes no more connections, tells HTTP/2 clients to go, waits for requests in hand, at most
   * {@code drain} long, then closes everything.
   */
  public Future<Void> close(Duration drain) {
    certificate.ifPresent(CertificateWatch::close);
    return Future.join(shared.instances().stream().map(instance -> instance.drain(drain)).toList())
        .transform(done -> vertx.undeploy(deploymentId));
  }

  /** Looks at the certificate's files now. */
  Future<Void> reloadCertificate() {
    return certificate.orElseThrow().check();
  }

  private final class CertificateUse implements CertificateWatch.Owner {
    @Override
    public String section() {
      return shared.config().path() + ".tls";
    }

    @Override
    public Future<?> use(PemKeyCertOptions changed) {
      return shared.instances().getFirst().useCertificate(tls(shared.config(), changed));
    }

    @Override
    public void reloaded(boolean taken) {
      shared.vouchedFor().set(!certificate.orElseThrow().isSelfSigned());
      shared.metrics().certificateReloaded(taken);
    }
  }

  private static ServerSSLOptions tls(HttpConfig config, PemKeyCertOptions certificate) {
    return new ServerSSLOptions()
        .setKeyCertOptions(certificate)
        .setUseAlpn(true)
        .setApplicationLayerProtocols(List.of("h2", "http/1.1"))
        .setSslHandshakeTimeout(config.limits().headerTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(java.util.concurrent.TimeUnit.MILLISECONDS);
  }
}

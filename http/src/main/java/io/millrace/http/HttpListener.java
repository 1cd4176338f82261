package io.millrace.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open listener: HTTP/1.1 on the plain port, HTTP/1.1 and HTTP/2 (by ALPN) on the TLS port where
 * there is a certificate. One {@link HttpListenerVerticle} per event loop shares the sockets. The
 * certificate's files are looked at every few seconds and taken without a pause when they change.
 *
 * <p>Thread-safe.
 */
public final class HttpListener {
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpListener.class);
  private static final Duration CERTIFICATE_PERIOD = Duration.ofSeconds(5);

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
      AtomicInteger connections,
      AtomicBoolean vouchedFor,
      List<HttpListenerVerticle> instances) {}

  private final Vertx vertx;
  private final Shared shared;
  private final String deploymentId;
  private final long certificateTimer;
  private volatile CertificateFiles.@Nullable Stamp stamp;

  private HttpListener(
      Vertx vertx, Shared shared, String deploymentId, CertificateFiles.@Nullable Stamp stamp) {
    this.vertx = vertx;
    this.shared = shared;
    this.deploymentId = deploymentId;
    this.stamp = stamp;
    this.certificateTimer =
        shared.tls().isEmpty()
            ? -1
            : vertx.setPeriodic(CERTIFICATE_PERIOD.toMillis(), timer -> reloadCertificate());
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
    return vertx
        .executeBlocking(() -> config.certificate().map(files -> firstLoad(config, files)), false)
        .compose(
            loadedOrNone -> {
              Optional<FirstCertificate> certificate = Objects.requireNonNull(loadedOrNone);
              Shared shared =
                  new Shared(
                      config,
                      FREE_PORTS.getAndAdd(-2),
                      certificate.map(loaded -> tls(config, loaded.files())),
                      table,
                      metrics,
                      new AtomicInteger(),
                      new AtomicBoolean(
                          certificate.isPresent() && !certificate.get().files().isSelfSigned()),
                      new CopyOnWriteArrayList<>());
              return vertx
                  .deployVerticle(
                      () -> new HttpListenerVerticle(shared),
                      new DeploymentOptions().setInstances(instances))
                  .map(
                      id ->
                          new HttpListener(
                              vertx,
                              shared,
                              id,
                              certificate.map(FirstCertificate::stamp).orElse(null)));
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

  /** Connections open now, on all event loops. */
  public int connections() {
    return shared.connections().get();
  }

  /**
   * Takes no more connections, tells HTTP/2 clients to go, waits for requests in hand, at most
   * {@code drain} long, then closes everything.
   */
  public Future<Void> close(Duration drain) {
    vertx.cancelTimer(certificateTimer);
    return Future.join(shared.instances().stream().map(instance -> instance.drain(drain)).toList())
        .transform(done -> vertx.undeploy(deploymentId));
  }

  /**
   * Reads the certificate's files again when they have changed. Files that do not fit together (a
   * replacement half done) leave the old certificate in force and are tried again next time.
   */
  Future<Void> reloadCertificate() {
    CertificateFiles files = shared.config().certificate().orElseThrow();
    return vertx
        .executeBlocking(
            () -> {
              CertificateFiles.Stamp now = files.stamp();
              return now.equals(stamp)
                  ? Optional.<FirstCertificate>empty()
                  : Optional.of(new FirstCertificate(now, files.load()));
            },
            false)
        .compose(
            changed ->
                Objects.requireNonNull(changed).isEmpty()
                    ? Future.succeededFuture()
                    : shared
                        .instances()
                        .getFirst()
                        .useCertificate(tls(shared.config(), changed.get().files()))
                        .<Void>mapEmpty()
                        .onSuccess(done -> taken(files, changed.get())))
        .onFailure(
            failure -> {
              shared.metrics().certificateReloaded(false);
              LOGGER
                  .atWarn()
                  .addKeyValue("reason", failure.getMessage())
                  .log("changed certificate not taken, the old one stays");
            });
  }

  private void taken(CertificateFiles files, FirstCertificate changed) {
    stamp = changed.stamp();
    shared.vouchedFor().set(!changed.files().isSelfSigned());
    shared.metrics().certificateReloaded(true);
    LOGGER
        .atInfo()
        .addKeyValue("file", files.certificate())
        .addKeyValue("until", changed.files().leaf().getNotAfter().toInstant())
        .log("certificate taken");
  }

  private record FirstCertificate(CertificateFiles.Stamp stamp, CertificateFiles.Loaded files) {}

  private static FirstCertificate firstLoad(HttpConfig config, CertificateFiles files) {
    try {
      return new FirstCertificate(files.stamp(), files.load());
    } catch (java.nio.file.NoSuchFileException e) {
      throw new ListenException(
          config.path() + ".tls.certificate: there is no file " + e.getFile(), e);
    } catch (IOException e) {
      throw new ListenException(config.path() + ".tls.certificate: " + e.getMessage(), e);
    }
  }

  private static ServerSSLOptions tls(HttpConfig config, CertificateFiles.Loaded loaded) {
    return new ServerSSLOptions()
        .setKeyCertOptions(loaded.options())
        .setUseAlpn(true)
        .setApplicationLayerProtocols(List.of("h2", "http/1.1"))
        .setSslHandshakeTimeout(config.limits().headerTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(java.util.concurrent.TimeUnit.MILLISECONDS);
  }
}

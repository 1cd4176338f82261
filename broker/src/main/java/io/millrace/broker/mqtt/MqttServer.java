package io.millrace.broker.mqtt;

import io.millrace.broker.MqttConfig;
import io.millrace.broker.door.Doors;
import io.millrace.broker.log.Table;
import io.millrace.http.CertificateWatch;
import io.millrace.http.LateMount;
import io.millrace.http.Mount;
import io.millrace.http.TrustedProxies;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The running MQTT door of this node. Thread-safe. */
public final class MqttServer {
  private static final long SWEEP_MILLIS = 1000;

  /** How long after sessions could not be kept it is tried again. */
  private static final long AGAIN_MILLIS = 10_000;

  private final Vertx vertx;
  private final MqttListener.Shared shared;
  private final EarlierDeletions earlier;
  private final Optional<CertificateWatch> certificate;
  private final String deployment;
  private final long sweeping;

  private MqttServer(
      Vertx vertx,
      MqttListener.Shared shared,
      Sessions sessions,
      EarlierDeletions earlier,
      Optional<CertificateWatch> certificate,
      String deployment) {
    this.vertx = vertx;
    this.shared = shared;
    this.earlier = earlier;
    this.certificate = certificate;
    this.deployment = deployment;
    this.sweeping = vertx.setPeriodic(SWEEP_MILLIS, id -> tend(sessions, shared));
    certificate.ifPresent(watch -> watch.tell(new CertificateUse()));
  }

  /** What is done now and then. */
  private static void tend(Sessions sessions, MqttListener.Shared shared) {
    sessions.tend();
    shared.door().tend();
  }

  /**
   * Starts to listen.
   *
   * @param eventLoops how many event loops share the connections
   * @param table where sessions are kept; belongs to the caller
   * @param node tells this node from others that use the same table, also after its restart
   * @return fails with {@link io.millrace.http.ListenException} when a port cannot be opened, and
   *     with an {@link java.io.IOException} when the certificate cannot be used
   */
  public static Future<MqttServer> start(
      Vertx vertx,
      int eventLoops,
      MqttConfig config,
      Doors doors,
      MqttMetrics metrics,
      Table table,
      String node) {
    return start(vertx, eventLoops, config, doors, metrics, new TableSessionStore(table), node);
  }

  static Future<MqttServer> start(
      Vertx vertx,
      int eventLoops,
      MqttConfig config,
      Doors doors,
      MqttMetrics metrics,
      SessionStore store,
      String node) {
    Sessions sessions = new Sessions(store, node, doors::now);
    MqttDoor door = new MqttDoor(doors, config, sessions, metrics);
    doors.whenDeleted(
        names ->
            vertx.executeBlocking(
                () -> {
                  door.deleted(names);
                  return null;
                },
                false));
    EarlierDeletions earlier = new EarlierDeletions(vertx, sessions, doors::isKnown, AGAIN_MILLIS);
    return earlier
        .tell()
        .compose(begun -> CertificateWatch.loadIfAny(vertx, config.certificate()))
        .compose(
            certificate -> {
              MqttListener.Shared shared =
                  new MqttListener.Shared(
                      config,
                      door,
                      doors.metrics(),
                      certificate.map(CertificateWatch::certificate),
                      MqttListener.nextFreePort(),
                      new AtomicInteger(),
                      new CopyOnWriteArrayList<>());
              return vertx
                  .deployVerticle(
                      () -> new MqttListener(shared),
                      new DeploymentOptions().setInstances(eventLoops))
                  .map(id -> new MqttServer(vertx, shared, sessions, earlier, certificate, id))
                  .onSuccess(server -> shared.instances().getFirst().mourn());
            })
        .onFailure(failure -> earlier.stop());
  }

  /** The place of MQTT over WebSocket on the shared HTTP listener, before there is a log. */
  public static LateMount place(MqttConfig config) {
    return MqttDoor.place(config);
  }

  /** MQTT over WebSocket, for the shared HTTP listener. */
  public Mount mount(TrustedProxies proxies) {
    return shared.door().mount(proxies);
  }

  /** The TCP port. */
  public int port() {
    return shared.instances().getFirst().port();
  }

  /** The TCP port of MQTT within TLS; empty without a certificate. */
  public OptionalInt tlsPort() {
    return shared.instances().getFirst().tlsPort();
  }

  /** Takes no new connections and tells every client that the server goes. */
  public Future<Void> stop() {
    certificate.ifPresent(CertificateWatch::close);
    vertx.cancelTimer(sweeping);
    earlier.stop();
    return shared.door().shutDown().transform(done -> vertx.undeploy(deployment));
  }

  private final class CertificateUse implements CertificateWatch.Owner {
    @Override
    public String section() {
      return "broker.mqtt.tls";
    }

    @Override
    public Future<?> use(PemKeyCertOptions changed) {
      return shared.instances().getFirst().useCertificate(changed);
    }

    @Override
    public void reloaded(boolean taken) {
      shared.door().metrics().certificateReloaded(taken);
    }
  }
}

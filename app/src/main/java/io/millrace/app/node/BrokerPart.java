package io.millrace.app.node;

import io.millrace.app.ops.Health;
import io.millrace.broker.Administrators;
import io.millrace.broker.BrokerServer;
import io.millrace.broker.OwnTopics;
import io.millrace.broker.TopicReader;
import io.millrace.children.DataDirectory;
import io.millrace.http.CertificateFiles;
import io.millrace.http.Mount;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role broker: topics, the log behind them, and the doors to them. */
final class BrokerPart implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(BrokerPart.class);

  private final BrokerServer server;

  /**
   * Begins to start the log, beside what else of the node starts.
   *
   * @param certificate of the public listener; MQTT takes it where it has none of its own
   */
  BrokerPart(
      Vertx vertx,
      NodeSettings settings,
      DataDirectory data,
      Optional<CertificateFiles> certificate,
      InstantSource clock,
      PrometheusRegistry registry,
      Health health) {
    BrokerServer.Surroundings surroundings =
        new BrokerServer.Surroundings(
            vertx,
            EventLoops.count(),
            data,
            Path.of(System.getProperty("millrace.home", ".")),
            settings.http().trustedProxies(),
            settings.http().limits().bodyBytes(),
            clock,
            registry);
    server =
        BrokerServer.begin(settings.broker().withDefaultCertificate(certificate), surroundings);
    health.part(
        "broker", () -> server.trouble().map(Health.Part::notReady).orElse(Health.Part.READY));
  }

  /**
   * Opens the doors; blocks until topics can be published to, or it is clear that a Kafka cluster
   * that others run cannot be used now: then they open when it can.
   *
   * @throws StoppedException when the process is told to end before that
   */
  void open(TopicAccessPart access, Administrators administrators, StopSignal stop) {
    stop.onRequest(server::abandon);
    try {
      server.open(
          new BrokerServer.Access(access.rules(), access.grants(), access.rates(), administrators));
    } catch (IOException e) {
      throw stop.isRequested() ? new StoppedException(e) : Waiting.failed("broker", e);
    }
  }

  OwnTopics own() {
    return server.own();
  }

  /** Reads topics for this node itself; once the doors are open. */
  TopicReader reader(Context context) {
    return server.reader(context);
  }

  /** There at once; what comes before the doors are open waits. */
  List<Mount> mounts() {
    return server.mounts();
  }

  /** Completes when the doors are open. */
  Future<Void> opened() {
    return server.opened();
  }

  /** Empty while the doors are closed. */
  OptionalInt mqttPort() {
    int port = server.mqttPort();
    return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  OptionalInt mqttTlsPort() {
    return server.mqttTlsPort();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOGGER.atWarn().addKeyValue("reason", e.getMessage()).log("broker did not close cleanly");
    }
  }
}

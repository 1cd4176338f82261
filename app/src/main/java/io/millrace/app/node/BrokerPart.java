package io.millrace.app.node;

import io.millrace.app.ops.Health;
import io.millrace.broker.BrokerServer;
import io.millrace.children.DataDirectory;
import io.millrace.http.Mount;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role broker: topics, the log behind them, and the doors to them. */
final class BrokerPart implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(BrokerPart.class);

  private final BrokerServer server;

  /** Blocks until topics can be published to. */
  BrokerPart(
      Vertx vertx,
      NodeSettings settings,
      DataDirectory data,
      TopicAccessPart access,
      InstantSource clock,
      PrometheusRegistry registry,
      Health health) {
    try {
      server =
          BrokerServer.start(
              settings.broker(),
              new BrokerServer.Access(access.rules(), access.grants(), access.rates()),
              new BrokerServer.Surroundings(
                  vertx,
                  data,
                  Path.of(System.getProperty("millrace.home", ".")),
                  settings.http().trustedProxies(),
                  settings.http().limits().bodyBytes(),
                  clock,
                  registry));
    } catch (IOException e) {
      throw Waiting.failed("broker", e);
    }
    health.part(
        "broker", () -> server.trouble().map(Health.Part::notReady).orElse(Health.Part.READY));
  }

  List<Mount> mounts() {
    return server.mounts();
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

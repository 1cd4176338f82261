package io.millrace.broker.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.OpenGrants;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicDecision;
import io.millrace.broker.Administrators;
import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerServer;
import io.millrace.children.DataDirectory;
import io.millrace.config.Configuration;
import io.millrace.http.TrustedProxies;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Map;

/** A node's broker on a Kafka that others run, in the tests' own process. */
final class BrokerOnKafka {
  private BrokerOnKafka() {}

  /**
   * The section {@code broker.kafka}.
   *
   * @param port behind which that Kafka is
   */
  static Map<String, Object> settings(
      KafkaFixture kafka, int port, String topicPrefix, String password) {
    return Map.of(
        "bootstrapServers",
        "127.0.0.1:" + port,
        "topicPrefix",
        topicPrefix,
        "sasl",
        Map.of("mechanism", "plain", "user", kafka.kafka().address().user(), "password", password));
  }

  /**
   * Begins.
   *
   * @param settings the section {@code broker}
   */
  static BrokerServer begin(
      Vertx vertx,
      DataDirectory data,
      Map<String, Object> settings,
      InstantSource clock,
      PrometheusRegistry registry) {
    Configuration configuration = new Configuration(Map.of("broker", settings), Map.of(), Map.of());
    BrokerConfig config = BrokerConfig.read(configuration.root());
    assertThat(configuration.problems()).isEmpty();
    return BrokerServer.begin(
        config,
        new BrokerServer.Surroundings(
            vertx, 1, data, data.path(), TrustedProxies.NONE, 200_000, clock, registry));
  }

  /** The same for everybody. */
  static BrokerServer.Access access(TopicDecision decision) {
    return new BrokerServer.Access(
        credential -> Future.succeededFuture(decision),
        new OpenGrants(),
        new PublishRates(100),
        request -> Future.succeededFuture(new Administrators.Allowed("test")));
  }
}

package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.access.PublishLimits;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.ScannedFollowedIndex;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.config.Configuration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeclaredNamespacesTest {
  private final MemoryTopicLog log = new MemoryTopicLog();
  private final Broker broker =
      DoorsFixture.join(
          Broker.open(
              log,
              new ScannedFollowedIndex(log),
              new HubMetrics(new PrometheusRegistry()),
              InstantSource.system(),
              100_000,
              CompanionBounds.DEFAULT,
              List.of(Namespace.builtIn("public"))));
  private final NamespaceChanges changes = new NamespaceChanges(broker);

  @AfterEach
  void close() {
    broker.close();
    log.close();
  }

  private static Configuration configuration(Map<String, Object> namespaces) {
    return new Configuration(
        Map.of("broker", Map.of("namespaces", namespaces)), Map.of(), Map.of());
  }

  private void declare(Map<String, Object> namespaces) {
    Configuration configuration = configuration(namespaces);
    DeclaredNamespaces declared = BrokerConfig.read(configuration.root()).namespaces();
    assertThat(configuration.problems()).isEmpty();
    DoorsFixture.join(declared.apply(broker, changes));
  }

  private Namespace orders() {
    return broker.namespace("orders").orElseThrow();
  }

  @Test
  void mapsEveryKey() {
    declare(
        Map.of(
            "orders",
            Map.of(
                "partitions", 8,
                "durability", "synced",
                "retention", "2h",
                "retentionBytes", "1GiB",
                "maxMessageSize", "64KiB",
                "maxWildcardFilters", 10,
                "messagesPerSecond", 100,
                "bytesPerSecond", "1MiB")));
    assertThat(orders())
        .isEqualTo(
            new Namespace(
                "orders",
                1,
                8,
                Durability.SYNCED,
                Duration.ofHours(2),
                1 << 30,
                64 * 1024,
                10,
                new PublishLimits(100, 1 << 20)));
  }

  @Test
  void isMadeOnceChangedWhenDifferentAndNeverDeleted() {
    declare(Map.of("orders", Map.of()));
    assertThat(orders()).isEqualTo(Namespace.builtIn("orders"));
    declare(Map.of("orders", Map.of("partitions", 6)));
    assertThat(orders().generation()).isEqualTo(2);
    declare(Map.of("public", Map.of("retention", "1d")));
    assertThat(orders().partitions()).isEqualTo(6);
    assertThat(broker.namespace("public").orElseThrow().retention()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void oneThatHasGrownBeyondWhatIsDeclaredStaysAsItIs() {
    declare(Map.of("orders", Map.of("partitions", 8)));
    declare(Map.of("orders", Map.of("partitions", 4, "retention", "1d")));
    assertThat(orders().partitions()).isEqualTo(8);
    assertThat(orders().retention()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void everythingThatCannotBeIsToldWithItsPath() {
    declare(Map.of("orders", Map.of()));
    DeclaredNamespaces declared =
        BrokerConfig.read(
                configuration(
                        Map.of(
                            "orders", Map.of("durability", "memory"),
                            "safe", Map.of("durability", "replicated"),
                            "other", Map.of()))
                    .root())
            .namespaces();
    assertThatThrownBy(() -> DoorsFixture.join(declared.apply(broker, changes)))
        .hasMessageContaining("broker.namespaces.orders: the namespace orders is logged")
        .hasMessageContaining("broker.namespaces.safe: replicated needs three Kafka brokers");
    assertThat(broker.namespace("other")).isPresent();
  }

  @Test
  void settingsThatNoNamespaceCanHaveAreProblemsWithTheirPaths() {
    Configuration configuration =
        configuration(
            Map.of(
                "No.Name", Map.of(),
                "a", Map.of("partitions", 0),
                "b", Map.of("retentionBytes", "1B"),
                "c", Map.of("maxMessageSize", "9MiB"),
                "d", Map.of("retention", "1ms"),
                "e", Map.of("parts", 1)));
    BrokerConfig.read(configuration.root());
    assertThat(configuration.problems().toString())
        .contains("broker.namespaces: a namespace's name has")
        .contains("broker.namespaces.a.partitions: ")
        .contains("broker.namespaces.b.retentionBytes: ")
        .contains("broker.namespaces.c.maxMessageSize: ")
        .contains("broker.namespaces.d.retention: ")
        .contains("broker.namespaces.e.parts: unknown key");
  }
}

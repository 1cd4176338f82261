package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.DoorMetrics;
import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.index.ScannedFollowedIndex;
import io.millrace.broker.kafka.KafkaLogMetrics;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.namespace.Namespace;
import io.millrace.config.Configuration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those of MQTT begin with its listener, which is not here. */
class MetricsDocumentTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(millrace_broker_(?!mqtt_)\\w+)` \\|");

  @TempDir Path folder;

  @Test
  void operatorsAreToldOfEveryMetricAndOfNoOther() throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    MemoryTopicLog log = new MemoryTopicLog();
    HubMetrics hub = new HubMetrics(registry);
    Broker broker =
        DoorsFixture.join(
            Broker.open(
                log,
                new ScannedFollowedIndex(log),
                hub,
                InstantSource.system(),
                100_000,
                CompanionBounds.DEFAULT,
                List.of(Namespace.builtIn("public"))));
    new NamespaceMetrics(registry, broker);
    DoorMetrics doors = new DoorMetrics(registry);
    doors.traffic().keepOnly(name -> broker.find(name).isPresent(), broker::served);
    LogIndex index =
        new LogIndex(
            folder,
            IndexConfig.read(new Configuration(Map.of(), Map.of(), Map.of()).root()),
            log,
            new IndexMetrics(registry),
            new SplittableRandom(1));
    new KafkaLogMetrics(registry);

    Set<String> documented = new TreeSet<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("../docs/operations.md")));
    while (row.find()) {
      documented.add(row.group(1));
    }
    Set<String> there = new TreeSet<>();
    registry
        .scrape()
        .forEach(
            one ->
                there.add(
                    one.getMetadata().getName()
                        + (one instanceof CounterSnapshot ? "_total" : "")));
    assertThat(documented).isEqualTo(there);
    assertThat(withoutValue(registry)).containsExactly("millrace_broker_namespace_refusals");
    assertThat(labels(registry))
        .as("as clients are told")
        .contains("log-changed", "not-kept", "drop-oldest")
        .allMatch(value -> !value.contains("_"));
    index.close();
    broker.close();
    log.close();
  }

  private static Set<String> labels(PrometheusRegistry registry) {
    Set<String> values = new TreeSet<>();
    registry
        .scrape()
        .forEach(
            one ->
                one.getDataPoints()
                    .forEach(
                        point -> point.getLabels().forEach(its -> values.add(its.getValue()))));
    return values;
  }

  /** The rate of a count that begins with its first event does not show that event. */
  private static List<String> withoutValue(PrometheusRegistry registry) {
    return registry.scrape().stream()
        .filter(one -> one.getDataPoints().isEmpty())
        .map(one -> one.getMetadata().getName())
        .toList();
  }
}

package io.millrace.catalog;

import io.millrace.access.AccessConfig;
import io.millrace.catalog.postgres.PostgresTemplate;
import io.millrace.children.DataDirectory;
import io.millrace.config.Configuration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/** Opens a catalogue on an embedded PostgreSQL of its own, as a server with this configuration. */
public final class CatalogForTest implements AutoCloseable {
  private final DataDirectory data;
  private final Catalog catalog;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final CatalogMetrics metrics = new CatalogMetrics(registry);

  private CatalogForTest(Path directory, Map<String, String> configuration, InstantSource clock)
      throws IOException {
    PostgresTemplate.copyInto(directory);
    Configuration loaded = new Configuration(Map.of(), Map.of(), configuration);
    this.data = DataDirectory.open(directory);
    this.catalog =
        Catalog.open(
            CatalogConfig.read(loaded.root()),
            AccessConfig.read(loaded.root()),
            data,
            metrics,
            clock);
  }

  public static CatalogForTest open(
      Path directory, Map<String, String> configuration, InstantSource clock) throws IOException {
    return new CatalogForTest(directory, configuration, clock);
  }

  public Catalog catalog() {
    return catalog;
  }

  public CatalogMetrics metrics() {
    return metrics;
  }

  /** Transactions that have not ended, whether or not somebody waits for them. */
  double running() {
    return registry.scrape("millrace_catalog_transactions_running"::equals).stream()
        .flatMap(gauge -> gauge.getDataPoints().stream())
        .mapToDouble(point -> ((GaugeSnapshot.GaugeDataPointSnapshot) point).getValue())
        .sum();
  }

  public DataDirectory data() {
    return data;
  }

  @Override
  public void close() throws IOException {
    catalog.close();
    data.close();
  }
}

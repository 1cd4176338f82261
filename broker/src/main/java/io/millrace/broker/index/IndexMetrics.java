package io.millrace.broker.index;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the index counts. Thread-safe. */
public final class IndexMetrics {
  private final PrometheusRegistry registry;
  private final Counter rebuilds;
  private final Counter failures;

  public IndexMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    rebuilds =
        Counter.builder()
            .name("millrace_broker_index_rebuilds_total")
            .help("Partitions whose snapshot of the index was of no use, so that the log was read")
            .register(registry);
    failures =
        Counter.builder()
            .name("millrace_broker_index_snapshot_failures_total")
            .help("Snapshots of a partition's index that could not be written")
            .register(registry);
  }

  void watch(LogIndex index) {
    GaugeWithCallback.builder()
        .name("millrace_broker_index_memory_bytes")
        .help("Heap that the index takes, about")
        .callback(callback -> callback.call((double) index.bytes()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("millrace_broker_index_topics")
        .help("Topics that the index knows")
        .callback(callback -> callback.call((double) index.topics()))
        .register(registry);
  }

  void rebuilt() {
    rebuilds.inc();
  }

  void snapshotFailed() {
    failures.inc();
  }
}

package io.millrace.broker.index;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.LongSupplier;

/** What the index counts. Thread-safe. */
public final class IndexMetrics {
  private final Counter rebuilds;
  private final Counter failures;
  private volatile LongSupplier bytes = () -> 0;
  private volatile LongSupplier topics = () -> 0;

  public IndexMetrics(PrometheusRegistry registry) {
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
    GaugeWithCallback.builder()
        .name("millrace_broker_index_memory_bytes")
        .help("Heap that the index takes, about")
        .callback(callback -> callback.call((double) bytes.getAsLong()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("millrace_broker_index_topics")
        .help("Topics that the index knows")
        .callback(callback -> callback.call((double) topics.getAsLong()))
        .register(registry);
  }

  /** Shows these from now on: of the index that was made last. */
  void observe(LongSupplier memoryBytes, LongSupplier knownTopics) {
    bytes = memoryBytes;
    topics = knownTopics;
  }

  void rebuilt() {
    rebuilds.inc();
  }

  void snapshotFailed() {
    failures.inc();
  }
}

package io.millrace.storage;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Supplier;

/** Every meter of what waits on the disk for the bucket. */
final class SpoolMetrics {
  private final Counter uploads;
  private final Counter refusals;

  SpoolMetrics(PrometheusRegistry registry, Supplier<SpoolState> state, long maxBytes) {
    gauge(
        registry,
        "millrace_storage_spool_bytes",
        "Bytes on this machine's disk that the bucket does not have yet",
        () -> state.get().bytes());
    gauge(
        registry,
        "millrace_storage_spool_limit_bytes",
        "The most of them; puts are refused above it",
        () -> maxBytes);
    gauge(
        registry,
        "millrace_storage_spool_objects",
        "Objects on this machine's disk that the bucket does not have yet",
        () -> state.get().objects());
    gauge(
        registry,
        "millrace_storage_spool_oldest_seconds",
        "How long the oldest of them has waited",
        () -> state.get().oldestNanos() / 1e9);
    uploads =
        Counter.builder()
            .name("millrace_storage_spool_uploads_total")
            .help("Objects that went from the disk to the bucket, or failed to")
            .labelNames("result")
            .register(registry);
    uploads.initLabelValues("stored");
    uploads.initLabelValues("failed");
    refusals =
        Counter.builder()
            .name("millrace_storage_spool_refusals_total")
            .help("Puts that were refused because the disk held as much as it may")
            .register(registry);
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, Supplier<Number> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.get().doubleValue()))
        .register(registry);
  }

  void uploaded(boolean stored) {
    uploads.labelValues(stored ? "stored" : "failed").inc();
  }

  void refused() {
    refusals.inc();
  }
}

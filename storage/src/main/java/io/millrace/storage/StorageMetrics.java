package io.millrace.storage;

import io.millrace.config.ValueText;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every meter of the object store. */
public final class StorageMetrics {
  private static final List<String> OPERATIONS =
      List.of("put", "putIf", "copy", "get", "getRange", "head", "list", "delete");

  private final Histogram duration;
  private final Counter failures;
  private final Counter retries;
  private final Counter written;
  private final Counter read;

  public StorageMetrics(PrometheusRegistry registry) {
    duration =
        Histogram.builder()
            .name("millrace_storage_operation_duration_seconds")
            .help("Time of one operation of the object store, waiting for a worker included")
            .labelNames("operation")
            .classicUpperBounds(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10)
            .register(registry);
    failures =
        Counter.builder()
            .name("millrace_storage_failures_total")
            .help("Operations of the object store that failed")
            .labelNames("operation", "reason")
            .register(registry);
    for (String operation : OPERATIONS) {
      for (StorageException.Reason reason : StorageException.Reason.values()) {
        failures.initLabelValues(operation, ValueText.word(reason));
      }
    }
    retries =
        Counter.builder()
            .name("millrace_storage_retries_total")
            .help("Requests to the object store that were made again after a failure")
            .labelNames("operation")
            .register(registry);
    OPERATIONS.forEach(retries::initLabelValues);
    written =
        Counter.builder()
            .name("millrace_storage_written_bytes_total")
            .help("Bytes of stored objects")
            .register(registry);
    read =
        Counter.builder()
            .name("millrace_storage_read_bytes_total")
            .help("Bytes read from objects")
            .register(registry);
  }

  void finished(String operation, long nanos, @Nullable Throwable failure) {
    duration.labelValues(operation).observe(nanos / 1e9);
    if (failure != null) {
      String reason =
          failure instanceof StorageException storage
              ? ValueText.word(storage.reason())
              : "refused";
      failures.labelValues(operation, reason).inc();
    }
  }

  void retried(String operation) {
    retries.labelValues(operation).inc();
  }

  void wrote(long bytes) {
    written.inc(bytes);
  }

  void readBytes(long bytes) {
    read.inc(bytes);
  }
}

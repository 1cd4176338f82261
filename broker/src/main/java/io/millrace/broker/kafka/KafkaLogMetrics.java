package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException.Reason;
import io.millrace.config.ValueText;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.LongSupplier;

/** The meters of the log. */
public final class KafkaLogMetrics {
  private final Counter appendFailures;
  private final Counter skippedRecords;
  private final Counter jumps;
  private final Counter tailErrors;
  private final Counter historyReads;
  private volatile LongSupplier pendingBytes = () -> 0;
  private volatile LongSupplier waitingReads = () -> 0;

  public KafkaLogMetrics(PrometheusRegistry registry) {
    appendFailures =
        Counter.builder()
            .name("millrace_broker_log_append_failures_total")
            .help("Messages that the log did not take, by why")
            .labelNames("reason")
            .register(registry);
    skippedRecords =
        Counter.builder()
            .name("millrace_broker_log_skipped_records_total")
            .help("Records of other Kafka clients whose key names no topic")
            .register(registry);
    jumps =
        Counter.builder()
            .name("millrace_broker_log_tail_jumps_total")
            .help("Times that retention, or a cut of the log, took away what was to be read next")
            .register(registry);
    tailErrors =
        Counter.builder()
            .name("millrace_broker_log_tail_errors_total")
            .help("Errors of the log, or of who takes its messages, while it was followed")
            .register(registry);
    historyReads =
        Counter.builder()
            .name("millrace_broker_log_history_reads_total")
            .help("Reads of history: done, shared with one that waited already, or refused")
            .labelNames("how")
            .register(registry);
    for (Reason reason : Reason.values()) {
      appendFailures.initLabelValues(ValueText.word(reason));
    }
    for (String how : List.of("done", "shared", "refused")) {
      historyReads.initLabelValues(how);
    }
    gauge(
        registry,
        "millrace_broker_log_pending_bytes",
        "Bytes that wait for the log",
        () -> pendingBytes.getAsLong());
    gauge(
        registry,
        "millrace_broker_log_waiting_reads",
        "Reads of history in the queue",
        () -> waitingReads.getAsLong());
  }

  /** Shows these from now on: of the log that was opened last. */
  void observe(LongSupplier pending, LongSupplier waiting) {
    pendingBytes = pending;
    waitingReads = waiting;
  }

  void appendFailed(Reason reason) {
    appendFailures.labelValues(ValueText.word(reason)).inc();
  }

  void skipped() {
    skippedRecords.inc();
  }

  void jumped() {
    jumps.inc();
  }

  void tailError() {
    tailErrors.inc();
  }

  void historyRead(String how) {
    historyReads.labelValues(how).inc();
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }
}

package io.millrace.broker.hub;

import io.millrace.config.ValueText;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the hub counts. Thread-safe. */
public final class HubMetrics {
  private final Counter refused;
  private final Counter gaps;
  private final Counter waits;
  private final Counter copied;
  private final Counter leftOut;

  public HubMetrics(PrometheusRegistry registry) {
    refused =
        Counter.builder()
            .name("millrace_broker_slow_subscriptions_total")
            .help("Times that a subscription's connection had no room for a message")
            .labelNames("policy")
            .register(registry);
    for (SlowPolicy policy : SlowPolicy.values()) {
      refused.initLabelValues(ValueText.word(policy));
    }
    gaps =
        Counter.builder()
            .name("millrace_broker_gaps_total")
            .help("Gaps that subscriptions were told of")
            .labelNames("reason")
            .register(registry);
    for (Gap.Reason reason : Gap.Reason.values()) {
      gaps.initLabelValues(ValueText.word(reason));
    }
    waits =
        Counter.builder()
            .name("millrace_broker_tail_waits_total")
            .help("Milliseconds, about, that the log's tail waited for an event loop")
            .register(registry);
    copied =
        Counter.builder()
            .name("millrace_broker_last_values_copied_total")
            .help("Last values that were copied before retention takes them from the log")
            .register(registry);
    leftOut =
        Counter.builder()
            .name("millrace_broker_last_values_left_out_total")
            .help("Last values that were not copied because the namespace has as many as it may")
            .register(registry);
  }

  void refused(SlowPolicy policy) {
    refused.labelValues(ValueText.word(policy)).inc();
  }

  void gap(Gap.Reason reason) {
    gaps.labelValues(ValueText.word(reason)).inc();
  }

  void waited() {
    waits.inc();
  }

  /**
   * Last values were looked at before retention takes them from the log.
   *
   * @param notCopied for want of room
   */
  public void copied(int values, int notCopied) {
    copied.inc(values);
    leftOut.inc(notCopied);
  }
}

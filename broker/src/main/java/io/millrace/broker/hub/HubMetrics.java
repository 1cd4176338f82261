package io.millrace.broker.hub;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** What the hub counts. Thread-safe. */
public final class HubMetrics {
  private final Counter refused;
  private final Counter gaps;
  private final Counter waits;

  public HubMetrics(PrometheusRegistry registry) {
    refused =
        Counter.builder()
            .name("millrace_broker_slow_subscriptions_total")
            .help("Times that a subscription's connection had no room for a message")
            .labelNames("policy")
            .register(registry);
    for (SlowPolicy policy : SlowPolicy.values()) {
      refused.initLabelValues(word(policy));
    }
    gaps =
        Counter.builder()
            .name("millrace_broker_gaps_total")
            .help("Gaps that subscriptions were told of")
            .labelNames("reason")
            .register(registry);
    for (Gap.Reason reason : Gap.Reason.values()) {
      gaps.initLabelValues(word(reason));
    }
    waits =
        Counter.builder()
            .name("millrace_broker_tail_waits_total")
            .help("Milliseconds, about, that the log's tail waited for an event loop")
            .register(registry);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  void refused(SlowPolicy policy) {
    refused.labelValues(word(policy)).inc();
  }

  void gap(Gap.Reason reason) {
    gaps.labelValues(word(reason)).inc();
  }

  void waited() {
    waits.inc();
  }
}

package io.millrace.catalog;

import io.millrace.access.AccessDecision;
import io.millrace.config.ValueText;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;

/** Every meter of this module. */
public final class CatalogMetrics {
  private final Counter transactions;
  private final Histogram duration;
  private final Gauge waiting;
  private final Counter decisions;
  private final Counter authentications;

  public CatalogMetrics(PrometheusRegistry registry) {
    transactions =
        Counter.builder()
            .name("millrace_catalog_transactions_total")
            .help("Transactions by outcome: committed, refused, away, given-up, busy")
            .labelNames("outcome")
            .register(registry);
    duration =
        Histogram.builder()
            .name("millrace_catalog_transaction_duration_seconds")
            .help("From asking for a connection to the commit")
            .classicUpperBounds(0.001, 0.005, 0.025, 0.1, 0.5, 2.5)
            .classicOnly()
            .register(registry);
    waiting =
        Gauge.builder()
            .name("millrace_catalog_transactions_running")
            .help("Transactions that run or wait for a connection")
            .register(registry);
    decisions =
        Counter.builder()
            .name("millrace_catalog_access_decisions_total")
            .help("Who may publish, play and connect to topics: by action and outcome")
            .labelNames("action", "outcome")
            .register(registry);
    authentications =
        Counter.builder()
            .name("millrace_catalog_authentications_total")
            .help("Sign-ins at the API by outcome: accepted, refused, limited")
            .labelNames("outcome")
            .register(registry);
    for (String outcome : List.of("committed", "refused", "away", "given-up", "busy")) {
      transactions.initLabelValues(outcome);
    }
    for (String outcome : List.of("accepted", "refused", "limited")) {
      authentications.initLabelValues(outcome);
    }
    for (String action : Decisions.ACTIONS) {
      decisions.initLabelValues(action, Decisions.ALLOWED);
      for (AccessDecision.Reason reason : AccessDecision.Reason.values()) {
        decisions.initLabelValues(action, ValueText.word(reason));
      }
    }
  }

  void started() {
    waiting.inc();
  }

  void ended(String outcome, Duration took) {
    waiting.dec();
    transactions.labelValues(outcome).inc();
    duration.observe(took.toNanos() / 1e9);
  }

  void turnedAway() {
    transactions.labelValues("busy").inc();
  }

  void decided(String action, String outcome) {
    decisions.labelValues(action, outcome).inc();
  }

  /** Somebody presented a credential at the API. */
  public void authenticated(String outcome) {
    authentications.labelValues(outcome).inc();
  }
}

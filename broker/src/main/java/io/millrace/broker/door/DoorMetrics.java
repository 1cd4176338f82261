package io.millrace.broker.door;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The meters of the front doors. Thread-safe. */
public final class DoorMetrics {
  private final Gauge connections;
  private final Counter published;
  private final Counter refused;
  private final Counter delivered;
  private final Counter closed;

  public DoorMetrics(PrometheusRegistry registry) {
    connections =
        Gauge.builder()
            .name("millrace_broker_connections")
            .help("Connections that are open, by door")
            .labelNames("door")
            .register(registry);
    published =
        Counter.builder()
            .name("millrace_broker_published_messages_total")
            .help("Messages that were published and acknowledged, by door")
            .labelNames("door")
            .register(registry);
    refused =
        Counter.builder()
            .name("millrace_broker_refusals_total")
            .help("What clients asked for and did not get, by door and code")
            .labelNames("door", "code")
            .register(registry);
    delivered =
        Counter.builder()
            .name("millrace_broker_delivered_messages_total")
            .help("Messages that were written to subscribers, by door")
            .labelNames("door")
            .register(registry);
    closed =
        Counter.builder()
            .name("millrace_broker_connections_closed_total")
            .help("Connections that the server ended, by door and reason")
            .labelNames("door", "reason")
            .register(registry);
  }

  public void opened(String door) {
    connections.labelValues(door).inc();
  }

  public void gone(String door) {
    connections.labelValues(door).dec();
  }

  public void published(String door) {
    published.labelValues(door).inc();
  }

  public void refused(String door, Refusal refusal) {
    refused.labelValues(door, refusal.code().word()).inc();
  }

  public void delivered(String door, long messages) {
    delivered.labelValues(door).inc(messages);
  }

  /** The server ended a connection. */
  public void closed(String door, String reason) {
    closed.labelValues(door, reason).inc();
  }
}

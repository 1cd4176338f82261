package io.millrace.broker.door;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The meters of the front doors. The label {@code namespace} has at most {@link
 * TrafficCounts#MOST_NAMESPACES} values and one for all others. Thread-safe.
 */
public final class DoorMetrics {
  private static final List<Refusal.Code> REFUSALS_THAT_END =
      List.of(
          Refusal.Code.NOT_AUTHENTICATED,
          Refusal.Code.NOT_AUTHORIZED,
          Refusal.Code.EXPIRED,
          Refusal.Code.UNAVAILABLE);

  private final TrafficCounts traffic = new TrafficCounts();
  private final Gauge connections;
  private final Counter refused;
  private final Counter closed;

  public DoorMetrics(PrometheusRegistry registry) {
    connections =
        Gauge.builder()
            .name("millrace_broker_connections")
            .help("Connections that are open, by door")
            .labelNames("door")
            .register(registry);
    refused =
        Counter.builder()
            .name("millrace_broker_refusals_total")
            .help("What clients asked for of no namespace and did not get, by door and code")
            .labelNames("door", "code")
            .register(registry);
    closed =
        Counter.builder()
            .name("millrace_broker_connections_closed_total")
            .help("Connections that the server ended, by door and reason")
            .labelNames("door", "reason")
            .register(registry);
    beginAtZero();
    counter(
        registry,
        "millrace_broker_published_messages_total",
        "Messages that were published and acknowledged, by door and namespace",
        Traffic::publishedMessages);
    counter(
        registry,
        "millrace_broker_published_bytes_total",
        "Payloads that were published and acknowledged, by door and namespace",
        Traffic::publishedBytes);
    counter(
        registry,
        "millrace_broker_delivered_messages_total",
        "Messages that subscribers' connections took, by door and namespace",
        Traffic::deliveredMessages);
    counter(
        registry,
        "millrace_broker_delivered_bytes_total",
        "Payloads that subscribers' connections took, by door and namespace",
        Traffic::deliveredBytes);
    CounterWithCallback.builder()
        .name("millrace_broker_namespace_refusals_total")
        .help("What clients asked for of a namespace and did not get, by door, namespace and code")
        .labelNames("door", "namespace", "code")
        .callback(
            called ->
                traffic.forEach(
                    (namespace, door, its) -> {
                      for (Refusal.Code code : Refusal.Code.values()) {
                        called.call((double) its.refusals(code), door, namespace, code.word());
                      }
                    }))
        .register(registry);
    GaugeWithCallback.builder()
        .name("millrace_broker_subscriptions")
        .help("Subscriptions, by door and namespace")
        .labelNames("door", "namespace")
        .callback(
            called ->
                traffic.forEachThatMayBe(
                    (namespace, door, its) -> called.call(its.subscriptions(), door, namespace)))
        .register(registry);
  }

  private void beginAtZero() {
    for (String door : DoorNames.ALL) {
      for (Refusal.Code code : Refusal.Code.values()) {
        refused.initLabelValues(door, code.word());
      }
    }
    for (String door : DoorNames.OF_CONNECTIONS) {
      connections.initLabelValues(door);
      mayClose(door, Outbox.CUTS);
      mayClose(door, REFUSALS_THAT_END.stream().map(Refusal.Code::word).toList());
    }
  }

  private void counter(
      PrometheusRegistry registry, String name, String help, ToLongFunction<Traffic> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("door", "namespace")
        .callback(
            called ->
                traffic.forEachThatMayBe(
                    (namespace, door, its) ->
                        called.call((double) value.applyAsLong(its), door, namespace)))
        .register(registry);
  }

  /** What goes on in each namespace. */
  public TrafficCounts traffic() {
    return traffic;
  }

  public void opened(String door) {
    connections.labelValues(door).inc();
  }

  public void gone(String door) {
    connections.labelValues(door).dec();
  }

  /** Something that is of no namespace that is there. */
  public void refused(String door, Refusal refusal) {
    refused.labelValues(door, refusal.code().word()).inc();
  }

  /** Why the server may end a connection: these counts begin at zero. */
  public void mayClose(String door, List<String> reasons) {
    reasons.forEach(reason -> closed.initLabelValues(door, reason));
  }

  /** The server ended a connection. */
  public void closed(String door, String reason) {
    closed.labelValues(door, reason).inc();
  }
}

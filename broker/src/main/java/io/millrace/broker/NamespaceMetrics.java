package io.millrace.broker;

import io.millrace.broker.door.TrafficCounts;
import io.millrace.broker.hub.OpenNamespace;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Comparator;
import java.util.function.ToLongFunction;

/**
 * How each namespace is doing, looked at when somebody asks: of the first {@link
 * TrafficCounts#MOST_NAMESPACES} by name. Thread-safe.
 */
public final class NamespaceMetrics {
  private final Broker broker;

  public NamespaceMetrics(PrometheusRegistry registry, Broker broker) {
    this.broker = broker;
    gauge(
        registry,
        "millrace_broker_paused_subscriptions",
        "Subscriptions that wait for room at their connections",
        OpenNamespace::paused);
    gauge(
        registry,
        "millrace_broker_fanout_lag_bytes",
        "What the slowest event loop has not given to its subscribers, of one partition",
        OpenNamespace::lagBytes);
    gauge(
        registry,
        "millrace_broker_tail_lag_messages",
        "Messages acknowledged here that the log's tail has not brought back, all partitions",
        OpenNamespace::unreadMessages);
    gauge(
        registry,
        "millrace_broker_index_partitions_behind",
        "Partitions whose log of before the start is still being read into the index",
        namespace -> broker.partitionsBehind(namespace.settings().name()));
  }

  private void gauge(
      PrometheusRegistry registry, String name, String help, ToLongFunction<OpenNamespace> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("namespace")
        .callback(
            called ->
                broker
                    .open()
                    .sorted(Comparator.comparing(open -> open.settings().name()))
                    .limit(TrafficCounts.MOST_NAMESPACES)
                    .forEach(
                        open ->
                            called.call((double) value.applyAsLong(open), open.settings().name())))
        .register(registry);
  }
}

package io.millrace.ingest;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/** Every meter of this module. Made once for a registry; thread-safe. */
public final class IngestMetrics {
  /** Open connections by {@code protocol}. */
  public final Gauge connections;

  /** Bytes received by {@code protocol}. */
  public final Counter receivedBytes;

  /** Accepted publications by {@code protocol}. */
  public final Counter publications;

  /** Connections that this side closed, by {@code protocol} and {@code reason}. */
  public final Counter closed;

  /** Messages that were skipped as unknown or useless, by {@code protocol}. */
  public final Counter skipped;

  /** Changed certificates by {@code outcome}: taken or refused. */
  public final Counter certificateReloads;

  public IngestMetrics(PrometheusRegistry registry) {
    connections =
        Gauge.builder()
            .name("millrace_ingest_connections")
            .help("Open connections of publishers")
            .labelNames("protocol")
            .register(registry);
    receivedBytes =
        counter(registry, "millrace_ingest_received_bytes_total", "Bytes received", "protocol");
    publications =
        counter(
            registry, "millrace_ingest_publications_total", "Accepted publications", "protocol");
    closed =
        counter(
            registry,
            "millrace_ingest_closed_connections_total",
            "Connections closed by the server",
            "protocol",
            "reason");
    skipped =
        counter(
            registry,
            "millrace_ingest_skipped_messages_total",
            "Messages skipped as unknown or of no use",
            "protocol");
    certificateReloads =
        counter(
            registry,
            "millrace_ingest_certificate_reloads_total",
            "Changed certificates of RTMPS",
            "outcome");
    certificateReloads.initLabelValues("taken");
    certificateReloads.initLabelValues("refused");
  }

  /**
   * A protocol that is listened to: its counts begin at zero.
   *
   * @param reasons why its connections may be closed by this side
   */
  void serves(String protocol, List<String> reasons) {
    connections.initLabelValues(protocol);
    receivedBytes.initLabelValues(protocol);
    publications.initLabelValues(protocol);
    skipped.initLabelValues(protocol);
    reasons.forEach(reason -> closed.initLabelValues(protocol, reason));
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }
}

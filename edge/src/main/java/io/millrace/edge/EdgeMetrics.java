package io.millrace.edge;

import io.millrace.config.ValueText;
import io.millrace.edge.cache.Served;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.LongSupplier;

/** The meters of the edge. */
public final class EdgeMetrics {
  private static final String FAILED = "failed";

  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Counter bytes;
  private final Counter upstream;
  private final Counter refused;

  public EdgeMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    requests =
        Counter.builder()
            .name("millrace_edge_requests_total")
            .help("Viewers' requests by where the answer came from: hit, miss, stale, collapsed")
            .labelNames("cache")
            .register(registry);
    bytes =
        Counter.builder()
            .name("millrace_edge_sent_bytes_total")
            .help("Bytes of bodies sent to viewers")
            .register(registry);
    upstream =
        Counter.builder()
            .name("millrace_edge_upstream_requests_total")
            .help("Requests to the origin by the class of their answer; failed: there was none")
            .labelNames("status")
            .register(registry);
    refused =
        Counter.builder()
            .name("millrace_edge_refused_total")
            .help("Requests refused: not-allowed, undecided, bad-address, bad-method, bad-range")
            .labelNames("reason")
            .register(registry);
    for (Served.How how : Served.How.values()) {
      requests.initLabelValues(ValueText.word(how));
    }
    for (String status : List.of("2xx", "3xx", "4xx", "5xx", FAILED)) {
      upstream.initLabelValues(status);
    }
    for (String reason :
        List.of("not-allowed", "undecided", "bad-address", "bad-method", "bad-range")) {
      refused.initLabelValues(reason);
    }
  }

  void observe(LongSupplier viewers, LongSupplier cached, LongSupplier inFlight) {
    gauge("millrace_edge_viewers", "Viewers now, all streams", viewers);
    gauge("millrace_edge_cached_bytes", "Bytes in the memory cache", cached);
    gauge("millrace_edge_upstream_in_flight", "Objects being asked of the origin", inFlight);
  }

  private void gauge(String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  void served(Served.How how) {
    requests.labelValues(ValueText.word(how)).inc();
  }

  void sent(long count) {
    bytes.inc(count);
  }

  void upstreamAnswered(int status) {
    upstream.labelValues(status / 100 + "xx").inc();
  }

  void upstreamFailed() {
    upstream.labelValues(FAILED).inc();
  }

  void refused(String reason) {
    refused.labelValues(reason).inc();
  }
}

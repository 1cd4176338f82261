package io.millrace.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;

/**
 * The meters of the listeners of one process. Labels: {@code mount} is a mount's prefix or {@code
 * none}; {@code status} is the class ({@code 2xx}); {@code reason} is one of the words below.
 *
 * <p>Reasons of refusals: {@code too-many-connections}, {@code header-timeout}, {@code idle} (quiet
 * between requests), {@code body-timeout}, {@code stalled} (takes nothing of its answer), {@code
 * body-too-large}, {@code coding-not-known}, {@code credential-in-clear}, {@code uri-too-long},
 * {@code headers-too-large}, {@code malformed}, {@code connection-failed} (TLS handshakes that
 * fail, resets, garbage).
 */
public final class HttpMetrics {
  /** Of addresses at which nothing is. */
  static final String NO_MOUNT = "none";

  private static final List<String> REFUSALS =
      List.of(
          "malformed",
          "uri-too-long",
          "headers-too-large",
          "body-too-large",
          "coding-not-known",
          "credential-in-clear",
          "header-timeout",
          "body-timeout",
          "stalled",
          "too-many-connections",
          "connection-failed");

  private final Counter requests;
  private final Histogram durations;
  private final Gauge connections;
  private final Counter refused;
  private final Counter certificates;

  public HttpMetrics(PrometheusRegistry registry) {
    requests =
        Counter.builder()
            .name("millrace_http_requests_total")
            .help("Requests answered")
            .labelNames("mount", "status")
            .register(registry);
    durations =
        Histogram.builder()
            .name("millrace_http_request_duration_seconds")
            .help("From the request's head to the end of the answer")
            .classicUpperBounds(.001, .005, .02, .1, .5, 2, 10, 60)
            .classicOnly()
            .labelNames("mount")
            .register(registry);
    connections =
        Gauge.builder()
            .name("millrace_http_open_connections")
            .help("Open connections")
            .register(registry);
    refused =
        Counter.builder()
            .name("millrace_http_refused_total")
            .help("Requests and connections that were refused or cut")
            .labelNames("reason")
            .register(registry);
    certificates =
        Counter.builder()
            .name("millrace_http_certificate_reloads_total")
            .help("Times that changed certificate files were read again")
            .labelNames("result")
            .register(registry);
    for (String reason : REFUSALS) {
      refused.initLabelValues(reason);
    }
    serves(NO_MOUNT);
    certificates.initLabelValues("taken");
    certificates.initLabelValues("refused");
  }

  /** What is asked for there is counted from now on. */
  void serves(String mount) {
    for (String status : List.of("2xx", "3xx", "4xx", "5xx")) {
      requests.initLabelValues(mount, status);
    }
  }

  void answered(String mount, int status, long nanos) {
    requests.labelValues(mount, status / 100 + "xx").inc();
    durations.labelValues(mount).observe(nanos / 1e9);
  }

  void refused(String reason) {
    refused.labelValues(reason).inc();
  }

  void opened() {
    connections.inc();
  }

  void closed() {
    connections.dec();
  }

  void certificateReloaded(boolean taken) {
    certificates.labelValues(taken ? "taken" : "refused").inc();
  }
}

package io.millrace.packager.recording;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Every meter of recordings. */
public final class RecordingMetrics {
  private final Gauge assets;
  private final Gauge bytes;
  private final Gauge stopped;
  private final Counter removed;
  private final Counter refused;

  public RecordingMetrics(PrometheusRegistry registry) {
    assets = gauge(registry, "assets", "Recordings that can be played");
    bytes = gauge(registry, "bytes", "Bytes of recordings, those in the making among them");
    stopped = gauge(registry, "stopped", "1 while there is no room to record, else 0");
    removed =
        Counter.builder()
            .name("millrace_recording_removed_total")
            .help("Recordings removed")
            .labelNames("reason")
            .register(registry);
    refused =
        Counter.builder()
            .name("millrace_recording_segments_refused_total")
            .help("Segments that are gaps in their recording since there was no room")
            .register(registry);
    for (String reason : new String[] {"age", "size", "asked"}) {
      removed.initLabelValues(reason);
    }
  }

  public void holds(int count, long size) {
    assets.set(count);
    bytes.set((double) size);
  }

  void stopped(boolean is) {
    stopped.set(is ? 1 : 0);
  }

  public void refused() {
    refused.inc();
  }

  /**
   * @param reason {@code age}, {@code size} or {@code asked}
   */
  public void removed(String reason) {
    removed.labelValues(reason).inc();
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder().name("millrace_recording_" + name).help(help).register(registry);
  }
}

package io.millrace.media;

import io.millrace.config.ValueText;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The meters of live streams. */
final class LiveMetrics {
  final Gauge broadcasts;
  final Counter broadcastsStarted;
  final Counter broadcastsEnded;
  final Counter publishersEnded;
  final Counter publishersBusy;
  final Counter samplesDropped;
  final Counter timestampsRepaired;
  final Counter timestampsBroken;

  LiveMetrics(PrometheusRegistry registry) {
    broadcasts =
        Gauge.builder()
            .name("millrace_media_broadcasts")
            .help("Broadcasts that are on air or within their grace")
            .register(registry);
    broadcastsStarted =
        Counter.builder()
            .name("millrace_media_broadcasts_started_total")
            .help("Broadcasts started, restored ones included")
            .register(registry);
    broadcastsEnded =
        Counter.builder()
            .name("millrace_media_broadcasts_ended_total")
            .help("Broadcasts ended")
            .labelNames("reason")
            .register(registry);
    publishersEnded =
        Counter.builder()
            .name("millrace_media_publishers_ended_total")
            .help("Publishers that left or were made to")
            .labelNames("reason")
            .register(registry);
    publishersBusy =
        Counter.builder()
            .name("millrace_media_publishers_busy_total")
            .help("Publishers refused because another one of the same stream was alive")
            .register(registry);
    samplesDropped =
        Counter.builder()
            .name("millrace_media_reader_dropped_samples_total")
            .help("Samples dropped for readers that were too slow")
            .labelNames("reader")
            .register(registry);
    timestampsRepaired =
        Counter.builder()
            .name("millrace_media_timestamps_repaired_total")
            .help("Timestamps of publishers that were put right")
            .labelNames("repair")
            .register(registry);
    timestampsBroken =
        Counter.builder()
            .name("millrace_media_timestamps_broken_total")
            .help("Jumps of publishers' timestamps that became a discontinuity")
            .register(registry);
    for (EndReason reason : EndReason.values()) {
      broadcastsEnded.initLabelValues(ValueText.word(reason));
      publishersEnded.initLabelValues(ValueText.word(reason));
    }
    for (TimestampRepair repair : TimestampRepair.values()) {
      timestampsRepaired.initLabelValues(ValueText.word(repair));
    }
  }
}

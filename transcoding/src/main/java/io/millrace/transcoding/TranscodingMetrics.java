package io.millrace.transcoding;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The meters of transcoders. */
final class TranscodingMetrics {
  final Gauge running;
  final Counter ended;
  final Counter refused;
  final Counter dropped;
  final Counter skipped;
  final Counter stills;
  final Counter noStill;

  TranscodingMetrics(PrometheusRegistry registry) {
    running =
        Gauge.builder()
            .name("millrace_transcoder_running")
            .help("Transcoders that run, one for each stream with a ladder")
            .register(registry);
    ended =
        Counter.builder()
            .name("millrace_transcoder_ended_total")
            .help("Transcoders that ended unasked, or had to be ended, and were started again")
            .labelNames("reason")
            .register(registry);
    refused =
        Counter.builder()
            .name("millrace_transcoder_refused_total")
            .help("Sources of which no rung can be made")
            .register(registry);
    dropped =
        Counter.builder()
            .name("millrace_transcoder_dropped_samples_total")
            .help("Samples that were not transcoded, because the transcoder was too slow or away")
            .register(registry);
    skipped =
        Counter.builder()
            .name("millrace_transcoder_skipped_samples_total")
            .help("Samples that could not be decoded")
            .register(registry);
    stills =
        Counter.builder()
            .name("millrace_stills_total")
            .help("Pictures that were made of streams, for who asked for one")
            .register(registry);
    noStill =
        Counter.builder()
            .name("millrace_stills_missing_total")
            .help("Pictures that were asked for and not made")
            .labelNames("reason")
            .register(registry);
    for (String reason : PictureQueue.REASONS) {
      noStill.initLabelValues(reason);
    }
    for (ChildFailure failure : ChildFailure.values()) {
      ended.initLabelValues(failure.word());
    }
  }
}

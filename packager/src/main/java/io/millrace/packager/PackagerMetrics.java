package io.millrace.packager;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.IntSupplier;

/** Every meter of the packager. */
public final class PackagerMetrics {
  private final Counter segments;
  private final Counter gaps;
  private final Counter segmentBytes;
  private final Counter samplesDropped;
  private final Counter rungSamplesDropped;
  private final Counter overfull;
  private final Counter captionsDamaged;
  private final Counter unacknowledged;
  private final Counter storeFailures;
  private final Counter stateLate;
  private final Counter fenced;
  private final Counter turnsFailed;
  private final Counter recovered;
  private final Counter parts;
  private final Counter partsLate;
  private final PrometheusRegistry registry;
  private final Gauge spooled;
  private final Gauge unstored;
  private final Gauge broadcasts;
  private final Histogram acknowledged;
  private final Counter responses;

  public PackagerMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    segments = counter(registry, "segments", "Segments cut", "rendition");
    gaps = counter(registry, "gap_segments", "Segments without media", "reason");
    segmentBytes = counter(registry, "segment_bytes", "Bytes of segments cut", "rendition");
    samplesDropped =
        counter(
            registry,
            "samples_dropped",
            "Samples in front of the first key frame, or that the container cannot carry");
    rungSamplesDropped =
        counter(
            registry,
            "rung_samples_dropped",
            "Samples of rungs behind a gap without a key frame, or that came when it was listed");
    overfull =
        counter(registry, "segments_overfull", "Segments ended since they took too much memory");
    captionsDamaged =
        counter(registry, "captions_damaged", "Pieces of captions that could not be read");
    unacknowledged =
        counter(registry, "segments_unstored", "Segments that the store never confirmed", "reason");
    storeFailures =
        counter(registry, "store_failures", "Writes to the store that failed", "object");
    stateLate =
        counter(registry, "states_late", "Playlists shown before their state was confirmed");
    fenced = counter(registry, "writers_fenced", "Broadcasts given up to a newer writer");
    turnsFailed =
        counter(registry, "turns_failed", "Turns of the clock in which a broadcast's work failed");
    recovered = counter(registry, "broadcasts_recovered", "Broadcasts found at start", "outcome");
    responses = counter(registry, "origin_responses", "Answers of the origin", "kind", "status");
    parts = counter(registry, "parts", "Parts listed before their segment", "rendition");
    partsLate =
        counter(
            registry,
            "parts_late",
            "Parts listed more than one and a half part targets behind the one before",
            "rendition");
    unstored =
        Gauge.builder()
            .name("millrace_packager_unstored_bytes")
            .help("Bytes of segments that are in memory only")
            .register(registry);
    spooled =
        Gauge.builder()
            .name("millrace_packager_spool_bytes")
            .help("Bytes of segments that wait for the store")
            .register(registry);
    broadcasts =
        Gauge.builder()
            .name("millrace_packager_broadcasts")
            .help("Broadcasts that can be played, ended ones included")
            .register(registry);
    acknowledged =
        Histogram.builder()
            .name("millrace_packager_segment_store_seconds")
            .help("From a segment's cut to the store's confirmation")
            .classicUpperBounds(0.01, 0.05, 0.2, 1, 5, 20)
            .register(registry);
    beginAtZero(segments, "video", "audio");
    beginAtZero(segmentBytes, "video", "audio");
    beginAtZero(parts, "video", "audio");
    beginAtZero(partsLate, "video", "audio");
    beginAtZero(gaps, "interrupted", "missing", "lost");
    beginAtZero(unacknowledged, "full", "expired", "memory");
    beginAtZero(storeFailures, "segment", "state", "delete", "chunk", "asset");
    beginAtZero(recovered, "resumed", "ended", "swept", "failed");
  }

  /**
   * Whoever asks for the rate of a count that begins with its first event does not see that one.
   */
  private static void beginAtZero(Counter counter, String... labels) {
    for (String label : labels) {
      counter.initLabelValues(label);
    }
  }

  public void segmentCut(String rendition, long bytes) {
    segments.labelValues(rendition).inc();
    segmentBytes.labelValues(rendition).inc((double) bytes);
  }

  public void part(String rendition, boolean late) {
    parts.labelValues(rendition).inc();
    if (late) {
      partsLate.labelValues(rendition).inc();
    }
  }

  /** Where the number of requests is found that wait for what is not listed yet. */
  public void observeHeld(IntSupplier held) {
    GaugeWithCallback.builder()
        .name("millrace_packager_held_requests")
        .help("Requests that wait for what is not listed yet")
        .callback(callback -> callback.call(held.getAsInt()))
        .register(registry);
  }

  /**
   * @param reason {@code interrupted}, {@code missing} or {@code lost}
   */
  public void gap(String reason) {
    gaps.labelValues(reason).inc();
  }

  public void samplesDropped(long count) {
    samplesDropped.inc((double) count);
  }

  public void rungSamplesDropped(long count) {
    rungSamplesDropped.inc((double) count);
  }

  public void overfull(long count) {
    overfull.inc((double) count);
  }

  public void captionsDamaged(long count) {
    captionsDamaged.inc((double) count);
  }

  /**
   * @param reason {@code full}, {@code expired} or {@code memory}
   */
  public void unstored(String reason) {
    unacknowledged.labelValues(reason).inc();
  }

  /**
   * @param object {@code segment}, {@code state}, {@code delete}, {@code chunk} or {@code asset}
   */
  public void storeFailure(String object) {
    storeFailures.labelValues(object).inc();
  }

  public void stateLate() {
    stateLate.inc();
  }

  public void fenced() {
    fenced.inc();
  }

  public void turnFailed() {
    turnsFailed.inc();
  }

  /**
   * @param outcome {@code resumed}, {@code ended}, {@code swept} or {@code failed}
   */
  public void recovered(String outcome) {
    recovered.labelValues(outcome).inc();
  }

  public void spooled(long bytes) {
    spooled.set((double) bytes);
  }

  public void unstoredBytes(long bytes) {
    unstored.set((double) bytes);
  }

  public void broadcasts(int count) {
    broadcasts.set(count);
  }

  public void acknowledged(double seconds) {
    acknowledged.observe(seconds);
  }

  /** Answers of this kind are counted from now on. */
  public void answers(String kind) {
    for (int status : List.of(200, 404, 503)) {
      responses.initLabelValues(kind, Integer.toString(status));
    }
  }

  public void response(String kind, int status) {
    responses.labelValues(kind, Integer.toString(status)).inc();
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder()
        .name("millrace_packager_" + name + "_total")
        .help(help)
        .labelNames(labels)
        .register(registry);
  }
}

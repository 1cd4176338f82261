package io.millrace.bench;

import io.millrace.media.EndReason;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.Publication;
import io.millrace.media.PublishOutcome;
import io.millrace.media.PublishRequest;
import io.millrace.media.Sample;
import io.millrace.media.StreamKey;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.packager.ClipReader;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.testkit.FakeClock;
import io.millrace.transcoding.Ladder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A live stream that repeats a clip, with the packager and a store in a directory behind it. */
final class PackagedClip implements AutoCloseable {
  private static final StreamKey STREAM = new StreamKey("live", "bench");
  private static final long STORE_MILLIS = 60_000;

  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final List<Sample> samples = new ArrayList<>();
  private final Map<TrackId, Track> tracks = new HashMap<>();
  private final long clipNanos;
  private final LiveStreams live;
  private final Packager packager;
  private final Publication publication;
  private int next;
  private long roundNanos;
  private long sentNanos;

  /**
   * Starts everything.
   *
   * @param window what the playlists cover
   */
  PackagedClip(Path file, Path data, Duration window) throws Exception {
    List<Track> announced;
    try (ClipReader reader = ClipReader.open(file)) {
      announced = reader.tracks();
      announced.forEach(track -> tracks.put(track.id(), track));
      clipNanos = reader.duration().toNanos();
      for (Optional<Sample> read = reader.next(); read.isPresent(); read = reader.next()) {
        samples.add(read.get());
      }
    }
    live =
        new LiveStreams(
            vertx,
            new LiveConfig(Duration.ofHours(1), Duration.ofHours(1), Duration.ofSeconds(1)),
            clock,
            registry);
    packager =
        new Packager(
            vertx,
            config(window),
            new RecordingConfig(false, 1L << 30, Duration.ofDays(1)),
            new DirectoryObjectStore(vertx, data, registry),
            live,
            clock,
            registry);
    await(packager.start());
    Promise<PublishOutcome> outcome = Promise.promise();
    context.runOnContext(
        v ->
            live.publish(new PublishRequest(STREAM, "main", "bench", "here", reason -> {}))
                .onComplete(outcome));
    publication = ((PublishOutcome.Accepted) await(outcome.future())).publication();
    onLoop(
        () -> {
          publication.write(new MediaEvent.TracksReady(announced));
          return true;
        });
  }

  private static PackagerConfig config(Duration window) {
    return new PackagerConfig(
        PackagerConfig.Container.CMAF,
        Duration.ofSeconds(2),
        Optional.empty(),
        true,
        Duration.ofMillis(334),
        window,
        Duration.ofMinutes(5),
        Duration.ofSeconds(6),
        PackagerConfig.MissingSound.SILENCE,
        256L << 20,
        512L << 20,
        100_000,
        Ladder.COPY);
  }

  /** Runs something on the stream's event loop and waits for it. */
  <T> T onLoop(Callable<T> work) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            done.complete(work.call());
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return await(done.future());
  }

  /** Publishes so many seconds of media; the clock goes with them. On the event loop. */
  void send(int seconds) {
    long until = sentNanos + seconds * 1_000_000_000L;
    long before = sentNanos;
    while (sentNanos < until) {
      Sample sample = samples.get(next);
      Track track = tracks.get(sample.track());
      if (track == null) {
        throw new IllegalStateException("a sample of no track");
      }
      long dts = sample.dts() + track.timescale().ofNanos(roundNanos);
      publication.write(
          new MediaEvent.SampleReady(
              new Sample(
                  sample.track(),
                  dts,
                  sample.compositionOffset(),
                  sample.sync(),
                  sample.payload())));
      sentNanos = Math.max(sentNanos, track.timescale().toNanos(dts));
      clock.advance(Duration.ofNanos(sentNanos - before));
      before = sentNanos;
      next++;
      if (next == samples.size()) {
        next = 0;
        roundNanos += clipNanos;
      }
    }
  }

  /** Waits until the store has everything. */
  void awaitStored() throws InterruptedException {
    long deadline = System.nanoTime() + STORE_MILLIS * 1_000_000;
    while (waitingBytes() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the store does not keep up");
      }
      Thread.sleep(1);
    }
  }

  private double waitingBytes() {
    for (MetricSnapshot metric : registry.scrape("millrace_packager_spool_bytes"::equals)) {
      if (metric instanceof GaugeSnapshot gauge) {
        return gauge.getDataPoints().getFirst().getValue();
      }
    }
    throw new IllegalStateException("no gauge of the spool");
  }

  @Override
  public void close() throws IOException {
    await(live.end(STREAM, EndReason.SHUTDOWN));
    await(packager.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("not within a minute", e);
    }
  }
}

package io.millrace.media;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.testkit.FakeClock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;

/** A registry of live streams, with one reader that keeps what it sees. */
abstract class LiveStreamsFixture {
  static final StreamKey KEY = new StreamKey("live", "demo");
  static final LiveConfig LONG_GRACE =
      new LiveConfig(Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(300));
  static final TrackFormat.Aac AAC =
      new TrackFormat.Aac(AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90})));
  static final Track SOUND = new Track(new TrackId(1), AAC, new Timescale(48_000));

  final Vertx vertx = Vertx.vertx();
  final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T12:00:00Z"));
  final List<MediaEvent> seen = new CopyOnWriteArrayList<>();
  final List<LiveStream> started = new CopyOnWriteArrayList<>();
  final AtomicReference<EndReason> evicted = new AtomicReference<>();

  @AfterEach
  void stop() throws Exception {
    valueOf(vertx.close());
  }

  LiveStreams streams(LiveConfig config) {
    LiveStreams streams = new LiveStreams(vertx, config, clock, new PrometheusRegistry());
    streams.onBroadcast(
        stream -> {
          started.add(stream);
          stream.addReader("test", stream.home(), ReaderLimits.DEFAULT, seen::add);
        });
    return streams;
  }

  PublishRequest request() {
    return new PublishRequest(KEY, "default", "rtmp", "10.0.0.1", evicted::set);
  }

  Publication publish(LiveStreams streams, Context loop) throws Exception {
    return ((PublishOutcome.Accepted) tryPublish(streams, loop)).publication();
  }

  PublishOutcome tryPublish(LiveStreams streams, Context loop) throws Exception {
    return valueOf(on(loop, () -> streams.publish(request())));
  }

  /** The tracks, and sound at these times. */
  static void write(Context loop, Publication publication, long... dts) throws Exception {
    on(
        loop,
        () ->
            run(
                () -> {
                  publication.write(new MediaEvent.TracksReady(List.of(SOUND)));
                  for (long at : dts) {
                    publication.write(new MediaEvent.SampleReady(sample(at)));
                  }
                }));
  }

  static void end(Context loop, Publication publication, EndReason reason) throws Exception {
    on(loop, () -> run(() -> publication.end(reason)));
  }

  static Sample sample(long dts) {
    return sample(dts, 3);
  }

  static Sample sample(long dts, int bytes) {
    return new Sample(SOUND.id(), dts, 0, true, Buffer.buffer(new byte[bytes]));
  }

  static long dtsOf(MediaEvent event) {
    return ((MediaEvent.SampleReady) event).sample().dts();
  }

  Context eventLoop() {
    return ((VertxInternal) vertx).createEventLoopContext();
  }

  static boolean run(Runnable action) {
    action.run();
    return true;
  }

  static <T> T on(Context context, Callable<T> action) throws Exception {
    var done = new CompletableFuture<T>();
    context.runOnContext(
        v -> {
          try {
            done.complete(action.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(5, TimeUnit.SECONDS);
  }

  static <T> T valueOf(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}

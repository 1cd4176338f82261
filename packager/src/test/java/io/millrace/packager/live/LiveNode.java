package io.millrace.packager.live;

import io.millrace.media.ClockMap;
import io.millrace.media.EndReason;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.Publication;
import io.millrace.media.PublishOutcome;
import io.millrace.media.PublishRequest;
import io.millrace.media.Sample;
import io.millrace.media.StreamKey;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.storage.ObjectStore;
import io.millrace.testkit.FakeClock;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A node with live streams and a packager on a clock that tests move. */
final class LiveNode {
  static final StreamKey STREAM = new StreamKey("live", "one");
  private static final double FRAME = 1 / 25.0;
  private static final double SOUND = 1024 / 48_000.0;

  final Vertx vertx = Vertx.vertx();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final LiveStreams live;
  final Packager packager;
  private final FakeClock clock;
  private final Context context = vertx.getOrCreateContext();
  private Publication publication;
  private boolean hasSound = true;
  private double videoSent;
  private double audioSent;
  private int videoFrames;
  private int audioFrames;

  LiveNode(ObjectStore store, FakeClock clock) {
    this(store, clock, Duration.ofSeconds(20));
  }

  LiveNode(ObjectStore store, FakeClock clock, Duration window) {
    this(store, clock, window, Optional.empty());
  }

  LiveNode(ObjectStore store, FakeClock clock, Duration window, Optional<Duration> target) {
    this.clock = clock;
    live =
        new LiveStreams(
            vertx,
            new LiveConfig(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(10)),
            clock,
            registry);
    packager =
        new Packager(
            vertx,
            new PackagerConfig(
                PackagerConfig.Container.CMAF,
                Duration.ofSeconds(2),
                target,
                Duration.ofMillis(334),
                window,
                Duration.ofSeconds(60),
                Duration.ofSeconds(6),
                64 << 20),
            store,
            live,
            clock,
            registry);
    await(packager.start());
  }

  /** A publisher with pictures of 25 frames a second in groups of 2 s, and sound. */
  LiveNode publish() {
    return publish(true);
  }

  /** The same without sound. */
  LiveNode publishPicturesOnly() {
    return publish(false);
  }

  private LiveNode publish(boolean sound) {
    hasSound = sound;
    Promise<PublishOutcome> outcome = Promise.promise();
    context.runOnContext(
        v ->
            live.publish(new PublishRequest(STREAM, "main", "test", "here", reason -> {}))
                .onComplete(outcome));
    publication = ((PublishOutcome.Accepted) await(outcome.future())).publication();
    videoSent = 0;
    audioSent = 0;
    videoFrames = 0;
    audioFrames = 0;
    Track video = RandomBroadcast.video(Timescale.VIDEO);
    Track audio = RandomBroadcast.audio(new Timescale(48_000), 48_000);
    write(new MediaEvent.TracksReady(sound ? List.of(video, audio) : List.of(video)));
    return this;
  }

  /** Media of some seconds as fast as it goes; the clock moves with it. */
  LiveNode send(double seconds) {
    double until = videoFrames * FRAME + seconds;
    while (videoSent < until) {
      if (hasSound && audioSent < videoSent) {
        sample(RandomBroadcast.AUDIO, 1024L * audioFrames, true);
        audioFrames++;
        audioSent = audioFrames * SOUND;
      } else {
        sample(RandomBroadcast.VIDEO, 3600L * videoFrames, videoFrames % 50 == 0);
        videoFrames++;
        videoSent = videoFrames * FRAME;
        clock.advance(Duration.ofMillis(40));
      }
    }
    return this;
  }

  LiveNode unpublish(EndReason reason) {
    onContext(
        () -> {
          publication.end(reason);
          return null;
        });
    return this;
  }

  void end() {
    await(live.end(STREAM, EndReason.ENDED_BY_API));
  }

  ClockMap clockMap() {
    return live.find(STREAM).orElseThrow().clock();
  }

  OriginResponse get(String path) {
    return await(packager.origin().answer(new OriginRequest("GET", path, "", Map.of())));
  }

  /** The media playlist of the stream's newest broadcast; empty while there is none. */
  Optional<MediaPlaylist> playlist(String rendition) {
    return base()
        .map(base -> get(base + rendition + "/index.m3u8"))
        .filter(response -> response.status() == 200)
        .map(response -> PlaylistReader.readMedia(response.body().toString()));
  }

  /** {@code /live/one/b/{broadcast}/}. */
  Optional<String> base() {
    OriginResponse multivariant = get("/" + STREAM + "/index.m3u8");
    return multivariant.status() != 200
        ? Optional.empty()
        : multivariant
            .body()
            .toString()
            .lines()
            .filter(line -> line.startsWith("b/"))
            .map(line -> "/" + STREAM + "/" + line.replaceAll("(video|audio)/index.m3u8", ""))
            .findFirst();
  }

  MediaPlaylist awaitSegments(String rendition, long nextMsn) {
    return awaitPresent(() -> playlist(rendition).filter(found -> found.nextSequence() >= nextMsn));
  }

  static <T> T awaitPresent(Callable<Optional<T>> source) {
    return org.awaitility.Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .pollInterval(Duration.ofMillis(20))
        .until(source, Optional::isPresent)
        .orElseThrow();
  }

  /** As if the process had been killed: nothing is ended, nothing is flushed. */
  void kill() {
    await(vertx.close());
  }

  private void sample(io.millrace.media.TrackId track, long dts, boolean sync) {
    write(
        new MediaEvent.SampleReady(
            new Sample(track, dts, 0, sync, Buffer.buffer(new byte[100 + (sync ? 900 : 0)]))));
  }

  private void write(MediaEvent event) {
    onContext(() -> publication.write(event));
  }

  private void onContext(Callable<Object> work) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            work.call();
            done.complete();
          } catch (Exception e) {
            done.fail(e);
          }
        });
    await(done.future());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("not within 20 s", e);
    }
  }
}

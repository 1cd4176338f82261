package io.millrace.packager.live;

import io.millrace.media.ClockMap;
import io.millrace.media.EndReason;
import io.millrace.media.InputRole;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.Publication;
import io.millrace.media.PublishOutcome;
import io.millrace.media.PublishRequest;
import io.millrace.media.Sample;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.packager.Cues;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginRequest;
import io.millrace.packager.OriginResponse;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.RecordingConfig;
import io.millrace.packager.Recordings;
import io.millrace.packager.RungMaker;
import io.millrace.packager.StoredSegment;
import io.millrace.packager.origin.AssetOrigin;
import io.millrace.packager.origin.PresentationOrigin;
import io.millrace.packager.recording.AssetRoom;
import io.millrace.packager.recording.ClipMaker;
import io.millrace.packager.recording.ClipTimes;
import io.millrace.packager.segment.RandomBroadcast;
import io.millrace.storage.ObjectStore;
import io.millrace.testkit.FakeClock;
import io.millrace.testkit.captions.CaptionNal;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.Rung;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.PlaylistReader;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A node with live streams and a packager on a clock that tests move. */
final class LiveNode {
  static final StreamKey STREAM = new StreamKey("live", "one");
  private static final double FRAME = 1 / 25.0;
  private static final int SOUND = 1024;
  private static final PackagerConfig.MissingSound SILENCE = PackagerConfig.MissingSound.SILENCE;
  private static final PackagerConfig.Container CMAF = PackagerConfig.Container.CMAF;
  private static final Duration SHORT = Duration.ofSeconds(20);
  private static final int MANY = 100_000;
  private static final RecordingConfig NOT_RECORDING =
      new RecordingConfig(false, 1L << 30, Duration.ofDays(7));

  final Vertx vertx = Vertx.vertx();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final LiveStreams live;
  final BroadcastWriters writers;
  final Origin origin;
  final Cues cues;
  final Presentations presentations;
  final Recordings recordings;
  final ClipMaker clips;
  final List<StoredSegment> stored = new CopyOnWriteArrayList<>();
  private final FakeClock clock;
  private final Context context = vertx.getOrCreateContext();
  private Publication publication;
  private StreamProfile profile = StreamProfile.CONFIGURED;
  private List<Track> tracks = List.of();
  private double sent;
  private int videoFrames;
  private int audioFrames;
  private int keyFrameEvery = 50;
  private final Queue<Buffer> spoken = new ArrayDeque<>();

  LiveNode(ObjectStore store, FakeClock clock) {
    this(store, clock, Duration.ofSeconds(20));
  }

  LiveNode(ObjectStore store, FakeClock clock, PackagerConfig.Container container) {
    this(store, clock, Duration.ofSeconds(20), Optional.empty(), 64 << 20, container, SILENCE);
  }

  LiveNode(
      ObjectStore store, FakeClock clock, Duration window, PackagerConfig.MissingSound missing) {
    this(store, clock, window, Optional.empty(), 64 << 20, PackagerConfig.Container.CMAF, missing);
  }

  /** One whose playlists list no parts. */
  static LiveNode plain(ObjectStore store, FakeClock clock) {
    return new LiveNode(
        store, clock, SHORT, Optional.empty(), 64 << 20, CMAF, SILENCE, false, MANY);
  }

  /** One on which so many requests may wait. */
  static LiveNode holding(ObjectStore store, FakeClock clock, int most) {
    return new LiveNode(store, clock, SHORT, Optional.empty(), 64 << 20, CMAF, SILENCE, true, most);
  }

  /** One with a rung of 240 lines, and whoever makes it. */
  static LiveNode withRung(ObjectStore store, FakeClock clock, RungMaker rungs) {
    return new LiveNode(
        store,
        clock,
        Duration.ofSeconds(60),
        Optional.empty(),
        64 << 20,
        CMAF,
        SILENCE,
        true,
        MANY,
        NOT_RECORDING,
        Optional.of(rungs));
  }

  /** One that records. */
  static LiveNode recording(
      ObjectStore store, FakeClock clock, RecordingConfig config, Duration window) {
    return new LiveNode(
        store,
        clock,
        window,
        Optional.empty(),
        64 << 20,
        CMAF,
        SILENCE,
        true,
        MANY,
        config,
        Optional.empty());
  }

  LiveNode(ObjectStore store, FakeClock clock, Duration window) {
    this(store, clock, window, Optional.empty());
  }

  LiveNode(ObjectStore store, FakeClock clock, Duration window, Optional<Duration> target) {
    this(store, clock, window, target, 64 << 20);
  }

  LiveNode(
      ObjectStore store,
      FakeClock clock,
      Duration window,
      Optional<Duration> target,
      long unstoredBytes) {
    this(store, clock, window, target, unstoredBytes, PackagerConfig.Container.CMAF, SILENCE);
  }

  private LiveNode(
      ObjectStore store,
      FakeClock clock,
      Duration window,
      Optional<Duration> target,
      long unstoredBytes,
      PackagerConfig.Container container,
      PackagerConfig.MissingSound missing) {
    this(store, clock, window, target, unstoredBytes, container, missing, true, MANY);
  }

  private LiveNode(
      ObjectStore store,
      FakeClock clock,
      Duration window,
      Optional<Duration> target,
      long unstoredBytes,
      PackagerConfig.Container container,
      PackagerConfig.MissingSound missing,
      boolean lowLatency,
      int heldRequests) {
    this(
        store,
        clock,
        window,
        target,
        unstoredBytes,
        container,
        missing,
        lowLatency,
        heldRequests,
        NOT_RECORDING,
        Optional.empty());
  }

  private LiveNode(
      ObjectStore store,
      FakeClock clock,
      Duration window,
      Optional<Duration> target,
      long unstoredBytes,
      PackagerConfig.Container container,
      PackagerConfig.MissingSound missing,
      boolean lowLatency,
      int heldRequests,
      RecordingConfig recording,
      Optional<RungMaker> rungs) {
    this.clock = clock;
    live =
        new LiveStreams(
            vertx,
            new LiveConfig(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(10)),
            clock,
            registry);
    PackagerConfig config =
        new PackagerConfig(
            container,
            Duration.ofSeconds(2),
            target,
            lowLatency,
            Duration.ofMillis(334),
            window,
            Duration.ofSeconds(60),
            Duration.ofSeconds(6),
            missing,
            64 << 20,
            unstoredBytes,
            heldRequests,
            rungs.isPresent() ? new Ladder(List.of(Rung.COPY, Rung.P240)) : Ladder.COPY);
    PackagerMetrics metrics = new PackagerMetrics(registry);
    presentations = new Presentations(config.heldRequests(), metrics);
    recordings =
        new Recordings(
            vertx,
            recording,
            store,
            clock,
            metrics,
            registry,
            broadcast -> presentations.find(broadcast).isPresent());
    writers =
        new BroadcastWriters(
            vertx,
            config,
            store,
            live,
            presentations,
            clock,
            metrics,
            recordings.shelf(),
            stored::add,
            rungs);
    cues = new LiveCues(writers);
    clips = clips(store, Duration.ofSeconds(15));
    origin =
        new AssetOrigin(
            new PresentationOrigin(presentations, store, config, metrics, clock),
            store,
            recordings.index(),
            recordings.reader(),
            metrics);
    await(writers.start());
  }

  /** Makes clips; whoever asks waits for so long. */
  ClipMaker clips(ObjectStore store, Duration answer) {
    ClipTimes times = new ClipTimes(answer, Duration.ofMillis(20), Duration.ofSeconds(30));
    return new ClipMaker(
        vertx,
        store,
        recordings,
        broadcast -> presentations.find(broadcast).map(PresentationSlot::broadcast),
        clock,
        times,
        new AssetRoom(vertx, store, recordings, times));
  }

  static final Track VIDEO = RandomBroadcast.video(Timescale.VIDEO);
  static final Track AUDIO = RandomBroadcast.audio(new Timescale(48_000), 48_000);

  /** What is wanted of broadcasts that begin from now on. */
  LiveNode wanting(StreamProfile wanted) {
    profile = wanted;
    return this;
  }

  /** A publisher with pictures of 25 frames a second in groups of 2 s, and sound. */
  LiveNode publish() {
    return publish(VIDEO, AUDIO);
  }

  /** The same without sound. */
  LiveNode publishPicturesOnly() {
    return publish(VIDEO);
  }

  /** A publisher of these tracks. */
  LiveNode publish(Track... announced) {
    Promise<PublishOutcome> outcome = Promise.promise();
    context.runOnContext(
        v ->
            live.publish(
                    new PublishRequest(
                        STREAM,
                        "main",
                        "test",
                        "here",
                        InputRole.PRIMARY,
                        Optional.empty(),
                        profile,
                        reason -> {}))
                .onComplete(outcome));
    publication = ((PublishOutcome.Accepted) await(outcome.future())).publication();
    sent = 0;
    videoFrames = 0;
    audioFrames = 0;
    return announce(announced);
  }

  /** The tracks of what follows; a picture goes on with a key frame. */
  LiveNode announce(Track... announced) {
    tracks = List.of(announced);
    videoFrames = (int) Math.ceil(sent / FRAME - 0.01);
    audioFrames = (int) Math.ceil(sent * soundRate() / SOUND - 0.01);
    write(new MediaEvent.TracksReady(tracks));
    return this;
  }

  private int soundRate() {
    for (Track track : tracks) {
      if (!track.isVideo()) {
        return track.timescale().ticksPerSecond();
      }
    }
    return 48_000;
  }

  /** The same, and what is shown before anything else can happen. */
  OriginResponse announceAndGet(String path, Track... announced) {
    tracks = List.of(announced);
    videoFrames = (int) Math.ceil(sent / FRAME - 0.01);
    audioFrames = (int) Math.ceil(sent * soundRate() / SOUND - 0.01);
    return onContext(
        () -> {
          publication.write(new MediaEvent.TracksReady(tracks));
          return ask(path, "").result();
        });
  }

  /** So many frames from one key frame to the next. */
  LiveNode keyFrameEvery(int frames) {
    keyFrameEvery = frames;
    return this;
  }

  /** Media of some seconds as fast as it goes; the clock moves with it. */
  LiveNode send(double seconds) {
    return send(seconds, tracks);
  }

  /** The same, though samples come of these tracks only. */
  LiveNode send(double seconds, List<Track> alive) {
    double until = sent + seconds;
    while (sent < until - 0.001) {
      double end = sent + FRAME;
      for (Track track : alive) {
        if (track.isVideo()) {
          sample(track.id(), 3600L * videoFrames, videoFrames % keyFrameEvery == 0);
        }
      }
      while ((double) audioFrames * SOUND / soundRate() < end) {
        for (Track track : alive) {
          if (!track.isVideo()) {
            sample(track.id(), (long) SOUND * audioFrames, true);
          }
        }
        audioFrames++;
      }
      videoFrames++;
      sent = end;
      clock.advance(Duration.ofMillis(40));
    }
    return this;
  }

  /** The next picture without its sound. */
  LiveNode sendPicture() {
    sample(tracks.getFirst().id(), 3600L * videoFrames, videoFrames % keyFrameEvery == 0);
    videoFrames++;
    sent += FRAME;
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

  /** Time passes without media. */
  LiveNode advance(Duration time) {
    clock.advance(time);
    return this;
  }

  /** Gives the packager its turn of the clock. */
  LiveNode tick() {
    await(writers.tick(clock.instant()));
    recordings.tick(clock.instant());
    return this;
  }

  /** The value of a counter or gauge without labels. */
  double metric(String name) {
    return switch (registry.scrape(name::equals).stream().findFirst().orElseThrow()) {
      case io.prometheus.metrics.model.snapshots.CounterSnapshot counter ->
          counter.getDataPoints().getFirst().getValue();
      case io.prometheus.metrics.model.snapshots.GaugeSnapshot gauge ->
          gauge.getDataPoints().getFirst().getValue();
      default -> throw new IllegalStateException(name);
    };
  }

  ClockMap clockMap() {
    return live.find(STREAM).orElseThrow().clock();
  }

  OriginResponse get(String path) {
    return await(origin.answer(new OriginRequest("GET", path, "", Map.of())));
  }

  /** The answer to a request that may be held. */
  Future<OriginResponse> ask(String path, String query) {
    return origin.answer(new OriginRequest("GET", path, query, Map.of()));
  }

  /** The media playlist of the stream's newest broadcast; empty while there is none. */
  Optional<MediaPlaylist> playlist(String rendition) {
    return base()
        .map(base -> get(base + rendition + "/index.m3u8"))
        .filter(response -> response.status() == 200)
        .map(response -> PlaylistReader.readMedia(response.body().toString()));
  }

  /** The media playlist once the store has the state that it follows from. */
  MediaPlaylist shown(String rendition) {
    await(writers.shown());
    return playlist(rendition).orElseThrow();
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
            .map(
                line ->
                    "/" + STREAM + "/" + line.replaceAll("(video|audio)[-0-9a-z]*/index.m3u8", ""))
            .findFirst();
  }

  MediaPlaylist awaitSegments(String rendition, long nextMsn) {
    return awaitPresent(() -> playlist(rendition).filter(found -> found.nextSequence() >= nextMsn));
  }

  static <T> T awaitPresent(Callable<Optional<T>> source) {
    return org.awaitility.Awaitility.await()
        .atMost(40, TimeUnit.SECONDS)
        .pollInterval(Duration.ofMillis(20))
        .until(source, Optional::isPresent)
        .orElseThrow();
  }

  /** As if the process had been killed: nothing is ended, nothing is flushed. */
  void kill() {
    await(vertx.close());
  }

  /** The next pictures carry these SEI units before what they show, one each. */
  LiveNode speak(List<byte[]> units) {
    units.forEach(unit -> spoken.add(Buffer.buffer(CaptionNal.accessUnit(unit))));
    return this;
  }

  private void sample(TrackId track, long dts, boolean sync) {
    Buffer payload = Buffer.buffer(new byte[100 + (sync ? 900 : 0)]);
    boolean speaks = track.equals(VIDEO.id()) && !spoken.isEmpty();
    write(
        new MediaEvent.SampleReady(
            new Sample(
                track, dts, 0, sync, speaks ? spoken.remove().appendBuffer(payload) : payload)));
  }

  private void write(MediaEvent event) {
    onContext(() -> publication.write(event));
  }

  private <T> T onContext(Callable<T> work) {
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

  static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("not within 20 s", e);
    }
  }
}

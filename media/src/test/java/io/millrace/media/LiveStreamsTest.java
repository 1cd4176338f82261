package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.testkit.FakeClock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveStreamsTest {
  private static final StreamKey KEY = new StreamKey("live", "demo");
  private static final LiveConfig LONG_GRACE =
      new LiveConfig(Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(300));
  private static final TrackFormat.Aac AAC =
      new TrackFormat.Aac(AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90})));
  private static final Track SOUND = new Track(new TrackId(1), AAC, new Timescale(48_000));

  private final Vertx vertx = Vertx.vertx();
  private final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T12:00:00Z"));
  private final List<MediaEvent> seen = new CopyOnWriteArrayList<>();
  private final List<LiveStream> started = new CopyOnWriteArrayList<>();
  private final AtomicReference<EndReason> evicted = new AtomicReference<>();

  @AfterEach
  void stop() throws Exception {
    valueOf(vertx.close());
  }

  @Test
  void aPublishersSamplesReachTheReaderBehindTheTracks() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    on(loop, () -> writeTracksAnd(publication, 5000, 6024));

    assertThat(seen).hasSize(3);
    assertThat(seen.get(0)).isInstanceOf(MediaEvent.TracksReady.class);
    assertThat(dtsOf(seen.get(1))).isZero();
    assertThat(dtsOf(seen.get(2))).isEqualTo(1024);
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.ON_AIR);
  }

  @Test
  void aPublisherThatComesBackWithinTheGraceGoesOnInTheSameBroadcast() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    on(loop, () -> writeTracksAnd(first, 0, 1024));
    on(loop, () -> run(() -> first.end(EndReason.CONNECTION_LOST)));
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.INTERRUPTED);

    clock.advance(Duration.ofSeconds(7));
    Context otherLoop = eventLoop();
    Publication second = publish(streams, otherLoop);
    on(otherLoop, () -> writeTracksAnd(second, 999, 2023));

    await().until(() -> seen.size() == 7);
    assertThat(started).hasSize(1);
    assertThat(((MediaEvent.Discontinuity) seen.get(3)).mediaNanos()).isEqualTo(7_000_000_000L);
    assertThat(seen.get(4)).isInstanceOf(MediaEvent.TracksReady.class);
    assertThat(dtsOf(seen.get(5))).isEqualTo(7 * 48_000);
    assertThat(dtsOf(seen.get(6))).isEqualTo(7 * 48_000 + 1024);
  }

  @Test
  void aBroadcastEndsWhenItsGraceIsOverAndTheNextPublishIsANewOne() throws Exception {
    LiveStreams streams =
        streams(new LiveConfig(Duration.ofMillis(1), Duration.ofHours(1), Duration.ofMillis(300)));
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    on(loop, () -> writeTracksAnd(first, 0));
    on(loop, () -> run(() -> first.end(EndReason.UNPUBLISHED)));

    await().until(() -> streams.find(KEY).isEmpty());
    assertThat(seen.getLast()).isEqualTo(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    assertThat(publish(streams, loop).stream().broadcast().id())
        .isNotEqualTo(started.getFirst().broadcast().id());
  }

  @Test
  void knowsWhetherItsPublisherHasSaidThatItIsDone() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    on(loop, () -> writeTracksAnd(first, 0));
    on(loop, () -> run(() -> first.end(EndReason.UNPUBLISHED)));
    assertThat(on(loop, () -> first.stream().isUnpublished())).isTrue();

    Publication second = publish(streams, loop);
    assertThat(on(loop, () -> second.stream().isUnpublished())).isFalse();
    on(loop, () -> run(() -> second.end(EndReason.CONNECTION_LOST)));
    assertThat(on(loop, () -> second.stream().isUnpublished())).isFalse();
  }

  @Test
  void aPublisherOnAnotherLoopThatWasToldToPauseIsAlwaysToldToGoOn() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context home = eventLoop();
    Publication first = publish(streams, home);
    on(home, () -> writeTracksAnd(first, 0));
    on(home, () -> run(() -> first.end(EndReason.CONNECTION_LOST)));
    Context loop = eventLoop();
    Publication second = publish(streams, loop);
    CompletableFuture<Void> writable = new CompletableFuture<>();

    boolean wasFull =
        on(
            loop,
            () -> {
              second.onWritable(() -> writable.complete(null));
              second.write(new MediaEvent.TracksReady(List.of(SOUND)));
              boolean room = second.write(new MediaEvent.SampleReady(sample(1024, 9 << 20)));
              // The home context empties the queue while this one is still busy.
              on(home, () -> true);
              second.write(new MediaEvent.SampleReady(sample(2048)));
              return !room;
            });

    assertThat(wasFull).isTrue();
    assertThat(writable).succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void aPublisherThatOnlySendsNoticesIsToldToPauseToo() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context home = eventLoop();
    Publication holder = publish(streams, home);
    on(home, () -> writeTracksAnd(holder, 0));
    on(home, () -> run(() -> holder.end(EndReason.CONNECTION_LOST)));
    Context loop = eventLoop();
    Publication second = publish(streams, loop);
    CountDownLatch free = new CountDownLatch(1);
    home.runOnContext(v -> awaitLatch(free));

    int taken =
        on(
            loop,
            () -> {
              int count = 1;
              while (count < 100_000 && second.write(new MediaEvent.TracksReady(List.of(SOUND)))) {
                count++;
              }
              return count;
            });
    free.countDown();

    assertThat(taken).isEqualTo((8 << 20) / 256 + 1);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aListenerThatFailsEndsTheBroadcastAndRefusesItsPublisher() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    AtomicBoolean broken = new AtomicBoolean(true);
    streams.onBroadcast(
        stream -> {
          if (broken.get()) {
            throw new IllegalStateException("a defect");
          }
        });
    Future<PublishOutcome> refused = on(eventLoop(), () -> streams.publish(request()));
    await().until(refused::isComplete);
    assertThat(refused.cause()).hasMessage("a defect");
    await().until(() -> streams.find(KEY).isEmpty());

    broken.set(false);
    assertThat(publish(streams, eventLoop()).stream().status().state())
        .isEqualTo(LiveState.STARTING);
  }

  @Test
  void aRunThatIsLetThroughLateIsAnchoredWhereItArrived() throws Exception {
    LiveStreams streams =
        new LiveStreams(vertx, LONG_GRACE, Clock.systemUTC(), new PrometheusRegistry());
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    on(loop, () -> writeTracksAnd(publication, 0, 1024));
    Instant before = Instant.now();
    on(loop, () -> publication.write(new MediaEvent.SampleReady(sample(100 * 48_000))));
    Instant after = Instant.now();
    valueOf(vertx.timer(300, TimeUnit.MILLISECONDS));
    on(loop, () -> run(() -> publication.end(EndReason.CONNECTION_LOST)));

    List<ClockMap.Anchor> anchors = publication.stream().clock().anchors();
    assertThat(anchors).hasSize(2);
    assertThat(anchors.getLast().wall()).isBetween(before.minusMillis(10), after.plusMillis(10));
  }

  @Test
  void aPublisherWhoseMediaBreaksAReaderHasToLeave() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context home = eventLoop();
    Publication first = publish(streams, home);
    on(home, () -> writeTracksAnd(first, 0));
    on(home, () -> first.stream().addReader("broken", home, ReaderLimits.DEFAULT, this::breakDown));
    on(home, () -> writeTracksAnd(first, 1024));
    await().until(() -> evicted.getAndSet(null) == EndReason.MALFORMED);
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.INTERRUPTED);

    Context loop = eventLoop();
    Publication second = publish(streams, loop);
    on(loop, () -> writeTracksAnd(second, 0, 1024, 2048));
    await().until(() -> evicted.get() == EndReason.MALFORMED);
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.INTERRUPTED);
  }

  private void breakDown(MediaEvent event) {
    if (event instanceof MediaEvent.SampleReady) {
      throw new IllegalStateException("a defect");
    }
  }

  @Test
  void aPublisherThatBringsNothingDoesNotMakeTheGraceLonger() throws Exception {
    LiveStreams streams =
        streams(
            new LiveConfig(Duration.ofMillis(200), Duration.ofHours(1), Duration.ofMillis(300)));
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    on(loop, () -> writeTracksAnd(first, 0));
    on(loop, () -> run(() -> first.end(EndReason.UNPUBLISHED)));
    Publication second = publish(streams, loop);
    on(loop, () -> run(() -> second.end(EndReason.MALFORMED)));

    await().until(() -> streams.find(KEY).isEmpty());
  }

  @Test
  void aBroadcastThatNeverHadASampleEndsWithItsPublisher() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    on(loop, () -> run(() -> publication.end(EndReason.MALFORMED)));

    assertThat(streams.find(KEY)).isEmpty();
    assertThat(seen).containsExactly(new MediaEvent.Ended(EndReason.MALFORMED));
  }

  @Test
  void aSecondPublisherIsRefusedWhileTheFirstIsAlive() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    long heartbeat = vertx.setPeriodic(10, id -> first.heard());

    PublishOutcome outcome = tryPublish(streams, eventLoop());

    vertx.cancelTimer(heartbeat);
    assertThat(outcome).isInstanceOf(PublishOutcome.Busy.class);
    assertThat(((PublishOutcome.Busy) outcome).message()).contains("live/demo", "10.0.0.1");
    assertThat(evicted.get()).isNull();
  }

  /** RTMP R22. */
  @Test
  void aSilentPublisherLosesItsPlaceAndItsLateEventsAreIgnored() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    on(loop, () -> writeTracksAnd(first, 0));

    Publication second = publish(streams, eventLoop());

    await().until(() -> evicted.get() == EndReason.TAKEN_OVER);
    on(loop, () -> first.write(new MediaEvent.SampleReady(sample(4242))));
    on(loop, () -> run(() -> first.end(EndReason.CONNECTION_LOST)));
    assertThat(second.stream()).isSameAs(first.stream());
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.STARTING);
    assertThat(seen).hasSize(2);
  }

  @Test
  void endingByOrderTellsThePublisherAndTheReaders() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    on(loop, () -> writeTracksAnd(publication, 0));

    assertThat(valueOf(streams.end(KEY, EndReason.ENDED_BY_API))).isTrue();
    assertThat(valueOf(streams.end(KEY, EndReason.ENDED_BY_API))).isFalse();

    await().until(() -> evicted.get() == EndReason.ENDED_BY_API);
    assertThat(seen.getLast()).isEqualTo(new MediaEvent.Ended(EndReason.ENDED_BY_API));
  }

  @Test
  void aRestoredBroadcastTakesItsPublisherBack() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Broadcast broadcast =
        new Broadcast(BroadcastId.create(clock.instant()), "default", KEY, clock.instant());
    ClockMap stored = ClockMap.EMPTY.with(clock.instant(), 0);
    Context loop = eventLoop();
    on(
        loop,
        () ->
            streams
                .restore(broadcast, stored, Duration.ofSeconds(4))
                .addReader("test", loop, ReaderLimits.DEFAULT, seen::add));
    clock.advance(Duration.ofSeconds(9));

    Publication publication = publish(streams, loop);
    on(loop, () -> writeTracksAnd(publication, 0));

    assertThat(publication.stream().broadcast()).isEqualTo(broadcast);
    assertThat(((MediaEvent.Discontinuity) seen.get(0)).mediaNanos()).isEqualTo(9_000_000_000L);
    assertThat(dtsOf(seen.get(2))).isEqualTo(9 * 48_000);
  }

  @Test
  void aStoppedNodeEndsEveryBroadcastAndTakesNoPublisher() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    publish(streams, loop);

    valueOf(streams.close());

    assertThat(streams.statuses()).isEmpty();
    Future<PublishOutcome> late = on(loop, () -> streams.publish(request()));
    await().until(late::isComplete);
    assertThat(late.failed()).isTrue();
  }

  private LiveStreams streams(LiveConfig config) {
    LiveStreams streams = new LiveStreams(vertx, config, clock, new PrometheusRegistry());
    streams.onBroadcast(
        stream -> {
          started.add(stream);
          stream.addReader("test", stream.home(), ReaderLimits.DEFAULT, seen::add);
        });
    return streams;
  }

  private PublishRequest request() {
    return new PublishRequest(KEY, "default", "rtmp", "10.0.0.1", evicted::set);
  }

  private Publication publish(LiveStreams streams, Context loop) throws Exception {
    return ((PublishOutcome.Accepted) tryPublish(streams, loop)).publication();
  }

  private PublishOutcome tryPublish(LiveStreams streams, Context loop) throws Exception {
    return valueOf(on(loop, () -> streams.publish(request())));
  }

  private boolean writeTracksAnd(Publication publication, long... dts) {
    publication.write(new MediaEvent.TracksReady(List.of(SOUND)));
    for (long at : dts) {
      publication.write(new MediaEvent.SampleReady(sample(at)));
    }
    return true;
  }

  private static Sample sample(long dts) {
    return sample(dts, 3);
  }

  private static Sample sample(long dts, int bytes) {
    return new Sample(SOUND.id(), dts, 0, true, Buffer.buffer(new byte[bytes]));
  }

  private static long dtsOf(MediaEvent event) {
    return ((MediaEvent.SampleReady) event).sample().dts();
  }

  private Context eventLoop() {
    return ((VertxInternal) vertx).createEventLoopContext();
  }

  private static boolean run(Runnable action) {
    action.run();
    return true;
  }

  private static <T> T on(Context context, Callable<T> action) throws Exception {
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

  private static <T> T valueOf(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}

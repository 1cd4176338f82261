package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a broadcast begins, goes on and ends. */
class LiveStreamsTest extends LiveStreamsFixture {
  @Test
  void aPublishersSamplesReachTheReaderBehindTheTracks() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    write(loop, publication, 5000, 6024);

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
    write(loop, first, 0, 1024);
    end(loop, first, EndReason.CONNECTION_LOST);
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.INTERRUPTED);

    clock.advance(Duration.ofSeconds(7));
    Context otherLoop = eventLoop();
    Publication second = publish(streams, otherLoop);
    write(otherLoop, second, 999, 2023);

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
    write(loop, first, 0);
    end(loop, first, EndReason.UNPUBLISHED);

    await().until(() -> streams.find(KEY).isEmpty());
    assertThat(seen.getLast()).isEqualTo(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    assertThat(publish(streams, loop).stream().broadcast().id())
        .isNotEqualTo(started.getFirst().broadcast().id());
  }

  @Test
  void tellsOfEachStateOfABroadcastOnceAndWhy() throws Exception {
    LiveStreams streams =
        streams(new LiveConfig(Duration.ofMillis(1), Duration.ofHours(1), Duration.ofMillis(300)));
    List<String> told = new CopyOnWriteArrayList<>();
    streams.onState(
        (now, reason) -> told.add(now.state() + reason.map(why -> " " + why).orElse("")));
    streams.onState(
        (now, reason) -> {
          throw new IllegalStateException("somebody else's trouble");
        });
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    write(loop, first, 0, 1024);
    end(loop, first, EndReason.CONNECTION_LOST);
    Publication second = publish(streams, loop);
    write(loop, second, 0, 1024);
    end(loop, second, EndReason.UNPUBLISHED);

    await().until(() -> streams.find(KEY).isEmpty());
    assertThat(told)
        .containsExactly(
            "ON_AIR",
            "INTERRUPTED CONNECTION_LOST",
            "STARTING",
            "ON_AIR",
            "INTERRUPTED UNPUBLISHED",
            "ENDED UNPUBLISHED");
  }

  @Test
  void knowsWhetherItsPublisherHasSaidThatItIsDone() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    write(loop, first, 0);
    end(loop, first, EndReason.UNPUBLISHED);
    assertThat(on(loop, () -> first.stream().isUnpublished())).isTrue();

    Publication second = publish(streams, loop);
    assertThat(on(loop, () -> second.stream().isUnpublished())).isFalse();
    end(loop, second, EndReason.CONNECTION_LOST);
    assertThat(on(loop, () -> second.stream().isUnpublished())).isFalse();
  }

  @Test
  void aRunThatIsLetThroughLateIsAnchoredWhereItArrived() throws Exception {
    LiveStreams streams =
        new LiveStreams(vertx, LONG_GRACE, Clock.systemUTC(), new PrometheusRegistry());
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    write(loop, publication, 0, 1024);
    Instant before = Instant.now();
    on(loop, () -> publication.write(new MediaEvent.SampleReady(sample(100 * 48_000))));
    Instant after = Instant.now();
    valueOf(vertx.timer(300, TimeUnit.MILLISECONDS));
    end(loop, publication, EndReason.CONNECTION_LOST);

    List<ClockMap.Anchor> anchors = publication.stream().clock().anchors();
    assertThat(anchors).hasSize(2);
    assertThat(anchors.getLast().wall()).isBetween(before.minusMillis(10), after.plusMillis(10));
  }

  @Test
  void aPublisherThatBringsNothingDoesNotMakeTheGraceLonger() throws Exception {
    LiveStreams streams =
        streams(
            new LiveConfig(Duration.ofMillis(200), Duration.ofHours(1), Duration.ofMillis(300)));
    Context loop = eventLoop();
    Publication first = publish(streams, loop);
    write(loop, first, 0);
    end(loop, first, EndReason.UNPUBLISHED);
    Publication second = publish(streams, loop);
    end(loop, second, EndReason.MALFORMED);

    await().until(() -> streams.find(KEY).isEmpty());
  }

  @Test
  void aBroadcastThatNeverHadASampleEndsWithItsPublisher() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    end(loop, publication, EndReason.MALFORMED);

    assertThat(streams.find(KEY)).isEmpty();
    assertThat(seen).containsExactly(new MediaEvent.Ended(EndReason.MALFORMED));
  }

  @Test
  void aBroadcastThatNeverHadASampleLeavesTheHealthOfTheOneBefore() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    end(loop, publish(streams, loop), EndReason.CONNECTION_LOST);
    assertThat(streams.findEnded(KEY)).isEmpty();

    Publication first = publish(streams, loop);
    write(loop, first, 0);
    valueOf(streams.end(KEY, EndReason.ENDED_BY_API));
    end(loop, publish(streams, loop), EndReason.CONNECTION_LOST);

    assertThat(started).hasSize(3);
    assertThat(streams.find(KEY)).isEmpty();
    assertThat(streams.findEnded(KEY).orElseThrow().status().broadcast())
        .isEqualTo(first.stream().broadcast());
  }

  @Test
  void theWaitForAnotherPublisherIsNoStallOfABroadcastThatHasEnded() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    LiveStream stream = publication.stream();
    StreamHealth nothing = stream.health();
    write(loop, publication, 0);
    await().until(() -> !stream.health().equals(nothing));
    end(loop, publication, EndReason.UNPUBLISHED);
    await().until(() -> !stream.lastHealth().equals(nothing));
    StreamHealth atTheEnd = stream.lastHealth();
    await().until(() -> !stream.health().equals(atTheEnd));
    valueOf(streams.end(KEY, EndReason.ENDED_BY_API));

    assertThat(streams.findEnded(KEY).orElseThrow().health()).isEqualTo(atTheEnd);
  }

  @Test
  void endingByOrderTellsThePublisherAndTheReaders() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context loop = eventLoop();
    Publication publication = publish(streams, loop);
    write(loop, publication, 0);

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
                .restore(broadcast, StreamProfile.CONFIGURED, stored, Duration.ofSeconds(4))
                .addReader("test", loop, ReaderLimits.DEFAULT, seen::add));
    clock.advance(Duration.ofSeconds(9));

    Publication publication = publish(streams, loop);
    write(loop, publication, 0);

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
}

package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Publishers that are too many, on other loops, too fast, or break what listens to them. */
class LivePublishersTest extends LiveStreamsFixture {
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
    write(loop, first, 0);

    Publication second = publish(streams, eventLoop());

    await().until(() -> evicted.get() == EndReason.TAKEN_OVER);
    on(loop, () -> first.write(new MediaEvent.SampleReady(sample(4242))));
    end(loop, first, EndReason.CONNECTION_LOST);
    assertThat(second.stream()).isSameAs(first.stream());
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.STARTING);
    assertThat(seen).hasSize(2);
  }

  @Test
  void aPublisherOnAnotherLoopThatWasToldToPauseIsAlwaysToldToGoOn() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context home = eventLoop();
    Publication first = publish(streams, home);
    write(home, first, 0);
    end(home, first, EndReason.CONNECTION_LOST);
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
    write(home, holder, 0);
    end(home, holder, EndReason.CONNECTION_LOST);
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
  void aPublisherWhoseMediaBreaksAReaderHasToLeave() throws Exception {
    LiveStreams streams = streams(LONG_GRACE);
    Context home = eventLoop();
    Publication first = publish(streams, home);
    write(home, first, 0);
    on(home, () -> first.stream().addReader("broken", home, ReaderLimits.DEFAULT, this::breakDown));
    write(home, first, 1024);
    await().until(() -> evicted.getAndSet(null) == EndReason.MALFORMED);
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.INTERRUPTED);

    Context loop = eventLoop();
    Publication second = publish(streams, loop);
    write(loop, second, 0, 1024, 2048);
    await().until(() -> evicted.get() == EndReason.MALFORMED);
    assertThat(streams.statuses().getFirst().state()).isEqualTo(LiveState.INTERRUPTED);
  }

  private void breakDown(MediaEvent event) {
    if (event instanceof MediaEvent.SampleReady) {
      throw new IllegalStateException("a defect");
    }
  }
}

package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MediaEvent;
import io.millrace.media.ReaderLimits;
import io.millrace.testkit.rtmp.Dialect;
import io.millrace.testkit.rtmp.FakeEncoder;
import io.millrace.testkit.rtmp.FlvClip;
import io.millrace.testkit.rtmp.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An encoder that sends a picture about every 20 ms, and how late the latest came through. */
final class GoodStream {
  private static final AtomicInteger STREAMS = new AtomicInteger();
  private static final long PACE_MILLIS = 20;

  private final String name = "good" + STREAMS.incrementAndGet();
  private final List<FlvClip.Tag> pictures;
  private final Semaphore arrivals = new Semaphore(0);
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private final FakeEncoder encoder;
  private final Future<?> sending;
  private final AtomicLong latestNanos = new AtomicLong();
  private final AtomicInteger sent = new AtomicInteger();

  GoodStream(IngestHarness ingest, List<FlvClip.Tag> clip) throws InterruptedException {
    pictures = clip.stream().filter(tag -> tag.type() == Message.VIDEO && !tag.isHeader()).toList();
    ingest.streams.onBroadcast(
        stream -> {
          if (stream.broadcast().stream().stream().equals(name)) {
            stream.addReader(
                "arrivals", stream.home(), new ReaderLimits(1000, 1 << 30), this::arrived);
          }
        });
    encoder =
        FakeEncoder.open(ingest.server.rtmpPort(), Dialect.OBS)
            .publish("live", name + IngestHarness.QUERY);
    encoder.media(clip.stream().filter(FlvClip.Tag::isHeader).toList(), 0);
    sendPicture();
    sending =
        pace.scheduleWithFixedDelay(
            () -> {
              try {
                sendPicture();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            PACE_MILLIS,
            PACE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  private void arrived(MediaEvent event) {
    if (event instanceof MediaEvent.SampleReady) {
      arrivals.release();
    }
  }

  private void sendPicture() throws InterruptedException {
    int index = sent.get();
    FlvClip.Tag picture = pictures.get(index % pictures.size());
    long at = System.nanoTime();
    encoder.media(
        List.of(new FlvClip.Tag(picture.type(), index * PACE_MILLIS, picture.payload())), 0);
    assertThat(arrivals.tryAcquire(HostileFixture.DEADLINE.toMillis(), TimeUnit.MILLISECONDS))
        .as("picture %d came through", index)
        .isTrue();
    latestNanos.accumulateAndGet(System.nanoTime() - at, Math::max);
    sent.incrementAndGet();
  }

  /** Fails where a picture was lost or could not be sent. */
  void stop() throws InterruptedException {
    pace.shutdown();
    assertThat(pace.awaitTermination(2 * HostileFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS))
        .isTrue();
    try {
      sending.get();
    } catch (CancellationException e) {
      // It was going on until now.
    } catch (ExecutionException e) {
      throw new AssertionError("the good stream broke", e.getCause());
    }
    encoder.unpublish(name + IngestHarness.QUERY);
    encoder.close();
  }

  Duration latest() {
    return Duration.ofNanos(latestNanos.get());
  }

  int pictures() {
    return sent.get();
  }
}

package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.Sample;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RtmpPublisherTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @AutoClose private final IngestHarness ingest = new IngestHarness(Map.of("endGrace", "100ms"));

  @Test
  void whatIsPublishedArrivesAsItWasSent() {
    Ffmpeg.run(
            DEADLINE,
            "-i",
            Clips.bigBuckBunny().toString(),
            "-c",
            "copy",
            "-f",
            "flv",
            ingest.url("live/first" + IngestHarness.QUERY))
        .orFail();
    await().atMost(DEADLINE).until(() -> ends() == 1);
    List<MediaEvent> source = List.copyOf(ingest.events().subList(0, ingest.events.size() - 1));
    ingest.events.clear();

    Context context = ingest.vertx.getOrCreateContext();
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v ->
            RtmpPublisher.connect(
                    ingest.vertx, URI.create(ingest.url("live/second" + IngestHarness.QUERY)))
                .compose(publisher -> writeAll(publisher, new ArrayDeque<>(source)))
                .onComplete(done));
    IngestHarness.await(done.future());
    await().atMost(DEADLINE).until(() -> ends() == 1);

    assertThat(ingest.events.getLast()).isEqualTo(new MediaEvent.Ended(EndReason.UNPUBLISHED));
    assertThat(ingest.events().subList(0, ingest.events.size() - 1)).hasSameSizeAs(source);
    for (int i = 0; i < source.size(); i++) {
      MediaEvent received = ingest.events.get(i);
      if (received instanceof SampleReady(Sample sample)) {
        Sample sent = ((SampleReady) source.get(i)).sample();
        assertThat(sample.payload()).isEqualTo(sent.payload());
        assertThat(sample.sync()).isEqualTo(sent.sync());
        // Whole milliseconds on the way out.
        assertThat(sample.dts()).isBetween(sent.dts() - 90, sent.dts() + 90);
        assertThat(sample.pts()).isBetween(sent.pts() - 90, sent.pts() + 90);
      }
    }
  }

  @Test
  void aRefusalFailsWithTheServersWords() {
    Future<RtmpPublisher> refused =
        RtmpPublisher.connect(ingest.vertx, URI.create(ingest.url("live/demo?key=wrong")));
    assertThatThrownBy(() -> IngestHarness.await(refused))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(RtmpPublisher.RefusedException.class)
        .hasMessageContaining("the publish key of live/demo is not right");
  }

  @Test
  void anEndedBroadcastFailsThePublisherWithTheServersWords() {
    RtmpPublisher publisher =
        IngestHarness.await(
            RtmpPublisher.connect(
                ingest.vertx, URI.create(ingest.url("live/demo" + IngestHarness.QUERY))));
    IngestHarness.await(
        ingest.streams.end(ingest.attempts.getFirst().stream(), EndReason.ENDED_BY_API));
    assertThatThrownBy(() -> IngestHarness.await(publisher.closed()))
        .hasMessageContaining("this broadcast was ended");
  }

  private long ends() {
    return ingest.events().stream().filter(MediaEvent.Ended.class::isInstance).count();
  }

  /** Writes what the publisher takes, the rest when it can take more, then ends. */
  private static Future<Void> writeAll(RtmpPublisher publisher, Queue<MediaEvent> events) {
    Promise<Void> written = Promise.promise();
    Runnable more =
        () -> {
          while (!events.isEmpty()) {
            if (!publisher.write(events.remove())) {
              return;
            }
          }
          written.tryComplete();
        };
    publisher.onWritable(more);
    more.run();
    return written.future().compose(v -> publisher.end());
  }
}

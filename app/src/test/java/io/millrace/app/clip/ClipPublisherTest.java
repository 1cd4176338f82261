package io.millrace.app.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.app.IngestFixture;
import io.millrace.media.LiveStream;
import io.millrace.media.MediaEvent;
import io.millrace.media.ReaderLimits;
import io.millrace.media.Sample;
import io.millrace.media.TrackId;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipPublisherTest {
  @TempDir static Path folder;
  private static Path clip;

  private final List<MediaEvent> events = new CopyOnWriteArrayList<>();
  private IngestFixture ingest;

  @BeforeAll
  static void cut() {
    clip = IngestFixture.shortClip(folder);
  }

  @BeforeEach
  void start() throws TimeoutException {
    ingest = new IngestFixture();
    ingest.streams.onBroadcast(this::read);
  }

  @AfterEach
  void stop() throws TimeoutException {
    ingest.close();
  }

  @Test
  void timestampsGoOnWhereTheClipStartsAgain() throws Exception {
    CompletableFuture<ClipPublisher.Outcome> outcome =
        publish(ingest.address("live/cam1", "right"), true);

    await().atMost(Duration.ofSeconds(20)).until(() -> samples().size() > 200);
    ingest.server.stop().await(30, TimeUnit.SECONDS);

    assertThat(outcome.get(30, TimeUnit.SECONDS).failure()).isPresent();
    assertThat(events).noneMatch(MediaEvent.Discontinuity.class::isInstance);
    samples().stream()
        .collect(Collectors.groupingBy(Sample::track))
        .forEach(ClipPublisherTest::runsOn);
  }

  @Test
  void aClipEndsWithItsLastSample() throws Exception {
    ClipPublisher.Outcome outcome =
        publish(ingest.address("live/cam1", "right"), false).get(40, TimeUnit.SECONDS);

    assertThat(outcome).isEqualTo(ClipPublisher.Outcome.DONE);
    // The last ones are on their way when they have been sent.
    await().until(() -> samples().size() >= 60);
    assertThat(samples().size()).isBetween(60, 80);
  }

  @Test
  void aRefusalIsToldInTheServersWords() throws Exception {
    ClipPublisher.Outcome outcome =
        publish(ingest.address("live/cam1", "wrong"), false).get(40, TimeUnit.SECONDS);

    assertThat(outcome.failure().orElseThrow()).contains("this key opens nothing");
    assertThat(events).isEmpty();
  }

  @Test
  void anAddressOfAnotherKindIsAFailure() throws Exception {
    ClipPublisher.Outcome outcome =
        publish(URI.create("http://127.0.0.1/live/cam1"), false).get(40, TimeUnit.SECONDS);

    assertThat(outcome.failure().orElseThrow()).contains("rtmp://host/app/stream");
  }

  @Test
  void aFileThatIsNotThereIsAnError() {
    assertThatThrownBy(
            () ->
                ClipPublisher.publish(
                    ingest.vertx,
                    folder.resolve("none.mp4"),
                    ingest.address("live/cam1", "right"),
                    false,
                    position -> {}))
        .isInstanceOf(NoSuchFileException.class);
  }

  private CompletableFuture<ClipPublisher.Outcome> publish(URI address, boolean loop) {
    CompletableFuture<ClipPublisher.Outcome> outcome = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                outcome.complete(
                    ClipPublisher.publish(ingest.vertx, clip, address, loop, position -> {}));
              } catch (Exception e) {
                outcome.completeExceptionally(e);
              }
            });
    return outcome;
  }

  private void read(LiveStream stream) {
    stream.addReader("test", stream.home(), ReaderLimits.DEFAULT, events::add);
  }

  private List<Sample> samples() {
    return events.stream()
        .filter(MediaEvent.SampleReady.class::isInstance)
        .map(event -> ((MediaEvent.SampleReady) event).sample())
        .toList();
  }

  /** Each step is one frame long, over the seam too: within a few milliseconds of all others. */
  private static void runsOn(TrackId track, List<Sample> samples) {
    long first = samples.get(1).dts() - samples.get(0).dts();
    for (int i = 1; i < samples.size(); i++) {
      long step = samples.get(i).dts() - samples.get(i - 1).dts();
      assertThat(step).as("track %s, sample %d", track, i).isBetween(1L, 4 * first);
    }
  }
}

package io.millrace.transcoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.children.DataDirectory;
import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Track;
import io.millrace.transcoding.protocol.Latency;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that is none: what a server says of a transcoder that cannot work. */
@Timeout(90)
class TranscodersTest {
  private static final List<Track> TRACKS =
      List.of(MediaFixture.pictures(640, 360), MediaFixture.sound());

  @TempDir private Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<String> events = new ArrayList<>();
  private DataDirectory data;
  private Transcoders transcoders;

  @BeforeEach
  void open() throws Exception {
    data = DataDirectory.open(folder.resolve("data"));
    var config =
        new TranscodingConfig(
            List.of("x264"),
            Latency.LOW,
            OptionalInt.empty(),
            Duration.ofSeconds(4),
            Duration.ofSeconds(10),
            true);
    var nothing = new TranscoderProgram(List.of(folder.resolve("no.jar")));
    transcoders =
        new Transcoders(vertx, nothing, config, data, Clock.systemUTC(), new PrometheusRegistry());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await();
    data.close();
  }

  private Transcoding start(String ladder) throws Exception {
    var wish =
        new TranscodingWish(
            Ladder.of(List.of(ladder.split(",", -1))), Duration.ofSeconds(2), List.of());
    return onContext(
        () ->
            transcoders.start(
                "live/test",
                context,
                wish,
                (rung, event) -> events.add(rung.word() + " " + event)));
  }

  private <T> T onContext(java.util.concurrent.Callable<T> action) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          try {
            result.complete(action.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(20, TimeUnit.SECONDS);
  }

  private void accept(Transcoding transcoding, MediaEvent event) throws Exception {
    onContext(
        () -> {
          transcoding.accept(event);
          return true;
        });
  }

  @Test
  void oneThatEndsAgainAndAgainIsStartedLessAndLessOftenAndToldOf() throws Exception {
    Transcoding transcoding = start("240p");
    accept(transcoding, new MediaEvent.TracksReady(TRACKS));
    await()
        .until(
            () ->
                transcoding.state() instanceof TranscoderState.Restarting again
                    && again.times() >= 4);

    TranscoderState told = transcoders.troubles().get("live/test");
    assertThat(told).isInstanceOf(TranscoderState.Restarting.class);
    assertThat(told.detail()).contains("times").contains("status 1");
    accept(transcoding, new MediaEvent.Ended(EndReason.UNPUBLISHED));
    assertThat(transcoding.state()).isInstanceOf(TranscoderState.Stopped.class);
    assertThat(transcoders.troubles()).isEmpty();
    assertThat(events).isEmpty();
  }

  @Test
  void whatPassesThroughNeedsNoProcess() throws Exception {
    Transcoding transcoding = start("copy,720p");
    accept(transcoding, new MediaEvent.TracksReady(TRACKS));
    accept(transcoding, new MediaEvent.SampleReady(MediaFixture.picture(0, true)));

    assertThat(transcoding.state()).isInstanceOf(TranscoderState.Idle.class);
    assertThat(transcoding.pid()).isNegative();
    accept(transcoding, new MediaEvent.Ended(EndReason.UNPUBLISHED));
  }
}

package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Configuration;
import io.millrace.media.EndReason;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.Publication;
import io.millrace.media.PublishOutcome;
import io.millrace.media.PublishRequest;
import io.millrace.media.Sample;
import io.millrace.media.StreamKey;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.testkit.Clips;
import io.millrace.testkit.FrameHashes;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real clip goes through the packager, and a real player plays what comes out. */
class PlaybackIT {
  private static final StreamKey BUNNY = new StreamKey("live", "bunny");

  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private Vertx vertx;
  private LiveStreams live;
  private Packager packager;
  private HttpServer server;

  private void start(String container) throws Exception {
    vertx = Vertx.vertx();
    Configuration configuration =
        new Configuration(Map.of("packager", Map.of("container", container)), Map.of(), Map.of());
    PrometheusRegistry registry = new PrometheusRegistry();
    live =
        new LiveStreams(
            vertx,
            LiveConfig.read(configuration.root().section("ingest")),
            Clock.systemUTC(),
            registry);
    packager =
        new Packager(
            vertx,
            PackagerConfig.read(configuration.root().section("packager")),
            RecordingConfig.read(configuration.root().section("recording")),
            new DirectoryObjectStore(vertx, directory, registry),
            live,
            Clock.systemUTC(),
            registry);
    await(packager.start());
    server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(OriginMount.of(packager.origin()).handler())
                .listen(0, "127.0.0.1"));
  }

  @AfterEach
  void stop() throws Exception {
    await(live.close());
    await(packager.close());
    await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cmaf", "ts"})
  void everyFrameAndEveryPacketOfTheSourceComesOut(String container) throws Exception {
    start(container);
    publish(Clips.bigBuckBunny());
    List<String> source = List.of("-i", Clips.bigBuckBunny().toString());
    List<String> played =
        List.of(
            "-live_start_index",
            "0",
            "-i",
            "http://127.0.0.1:" + server.actualPort() + "/play/" + BUNNY + "/index.m3u8");

    FrameHashes pictures = FrameHashes.decodedVideo(DEADLINE, source);
    assertThat(pictures.entries()).hasSizeGreaterThan(700);
    assertThat(pictures.differenceTo(FrameHashes.decodedVideo(DEADLINE, played))).isEmpty();
    FrameHashes sound = FrameHashes.aacFrames(DEADLINE, source);
    assertThat(sound.entries()).hasSizeGreaterThan(1000);
    assertThat(sound.differenceTo(FrameHashes.aacFrames(DEADLINE, played))).isEmpty();
  }

  /** As fast as it goes, then ends the broadcast. */
  private void publish(Path clip) throws Exception {
    Promise<Void> done = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            v ->
                live.publish(new PublishRequest(BUNNY, "main", "test", "here", reason -> {}))
                    .onSuccess(
                        outcome -> {
                          Publication publication =
                              ((PublishOutcome.Accepted) outcome).publication();
                          try (ClipReader reader = ClipReader.open(clip)) {
                            publication.write(new MediaEvent.TracksReady(reader.tracks()));
                            Optional<Sample> sample = reader.next();
                            while (sample.isPresent()) {
                              publication.write(new MediaEvent.SampleReady(sample.get()));
                              sample = reader.next();
                            }
                            live.end(BUNNY, EndReason.UNPUBLISHED)
                                .<Void>mapEmpty()
                                .onComplete(done);
                          } catch (Exception e) {
                            done.fail(e);
                          }
                        })
                    .onFailure(done::fail));
    await(done.future());
    OriginRequest request = new OriginRequest("GET", "/" + BUNNY + "/index.m3u8", "", Map.of());
    org.awaitility.Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> ended(request));
  }

  private boolean ended(OriginRequest request) throws Exception {
    OriginResponse response = await(packager.origin().answer(request));
    if (response.status() != 200) {
      return false;
    }
    List<String> media =
        response.body().toString().lines().filter(line -> line.startsWith("b/")).toList();
    OriginResponse playlist =
        await(
            packager
                .origin()
                .answer(new OriginRequest("GET", "/" + BUNNY + "/" + media.get(0), "", Map.of())));
    return playlist.body().toString().contains("#EXT-X-ENDLIST");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}

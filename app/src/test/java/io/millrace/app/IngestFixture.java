package io.millrace.app;

import io.millrace.app.clip.ClipPublisher;
import io.millrace.config.Configuration;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.IngestMetrics;
import io.millrace.ingest.IngestServer;
import io.millrace.ingest.PublishDecision;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.StreamProfile;
import io.millrace.testkit.Clips;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.Program;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running ingest and its live streams: the key {@code right} opens every stream. */
public final class IngestFixture implements AutoCloseable {
  public final Vertx vertx = Vertx.vertx();
  public final LiveStreams streams;
  public final IngestServer server;

  public IngestFixture() throws TimeoutException {
    var ingest =
        new Configuration(
                Map.of("ingest", Map.of("rtmp", Map.of("host", "127.0.0.1", "port", 0))),
                Map.of(),
                Map.of())
            .root()
            .section("ingest");
    PrometheusRegistry registry = new PrometheusRegistry();
    streams = new LiveStreams(vertx, LiveConfig.read(ingest), Clock.systemUTC(), registry);
    server =
        IngestServer.start(
                vertx,
                1,
                IngestConfig.read(ingest),
                attempt ->
                    Future.succeededFuture(
                        attempt.key().filter("right"::equals).isPresent()
                            ? new PublishDecision.Allowed(
                                "default", Optional.of("key_right"), StreamProfile.CONFIGURED)
                            : new PublishDecision.Refused("this key opens nothing")),
                streams,
                new IngestMetrics(registry))
            .await(10, TimeUnit.SECONDS);
  }

  /** Where a stream is published. */
  public URI address(String stream, String key) {
    return URI.create("rtmp://127.0.0.1:%d/%s?key=%s".formatted(server.rtmpPort(), stream, key));
  }

  /**
   * Publishes the first second of the test clip again and again, until the server ends it.
   *
   * @param folder for the clip
   */
  public CompletableFuture<ClipPublisher.Outcome> publish(Path folder, String stream, String key) {
    return publish(vertx, shortClip(folder), address(stream, key));
  }

  /** Publishes a clip again and again, until the server ends it. */
  public static CompletableFuture<ClipPublisher.Outcome> publish(
      Vertx vertx, Path clip, URI address) {
    CompletableFuture<ClipPublisher.Outcome> outcome = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                outcome.complete(ClipPublisher.publish(vertx, clip, address, true, position -> {}));
              } catch (Exception e) {
                outcome.completeExceptionally(e);
              }
            });
    return outcome;
  }

  /** The first second of the test clip. */
  public static Path shortClip(Path folder) {
    Path clip = folder.resolve("short.mp4");
    Program.Result made =
        Ffmpeg.run(
            Duration.ofSeconds(30),
            "-y",
            "-i",
            Clips.bigBuckBunny().toString(),
            "-t",
            "1",
            "-c",
            "copy",
            clip.toString());
    if (made.exitCode() != 0) {
      throw new IllegalStateException(made.toString());
    }
    return clip;
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}

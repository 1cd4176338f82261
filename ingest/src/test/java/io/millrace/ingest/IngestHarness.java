package io.millrace.ingest;

import io.millrace.config.Configuration;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.ReaderLimits;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An ingest on a free port, and everything that its streams tell a reader. */
public final class IngestHarness implements AutoCloseable {
  public static final String KEY = "k+ey/1";

  /** The key as it goes behind a stream's name. */
  public static final String QUERY = "?key=" + URLEncoder.encode(KEY, StandardCharsets.UTF_8);

  public final Vertx vertx = Vertx.vertx();
  public final LiveStreams streams;
  public final IngestMetrics metrics;
  public final IngestServer server;
  public final List<MediaEvent> events = Collections.synchronizedList(new ArrayList<>());
  public final List<PublishAttempt> attempts = new CopyOnWriteArrayList<>();

  /**
   * @param settings of the section {@code ingest}, over the defaults
   */
  public IngestHarness(Map<String, Object> settings) {
    this(settings, IngestHarness::checkKey, event -> {});
  }

  /**
   * @param authorizer decides instead of the comparison with {@link #KEY}
   * @param onEvent also sees each event, on the stream's event loop
   */
  public IngestHarness(
      Map<String, Object> settings, PublishAuthorizer authorizer, Consumer<MediaEvent> onEvent) {
    var ingest = new Configuration(settings, Map.of(), Map.of("rtmp.port", "0")).root();
    PrometheusRegistry registry = new PrometheusRegistry();
    metrics = new IngestMetrics(registry);
    streams = new LiveStreams(vertx, LiveConfig.read(ingest), Clock.systemUTC(), registry);
    streams.onBroadcast(
        stream ->
            stream.addReader(
                "test",
                stream.home(),
                new ReaderLimits(100_000, 1L << 30),
                event -> {
                  onEvent.accept(event);
                  events.add(event);
                }));
    PublishAuthorizer noting =
        attempt -> {
          attempts.add(attempt);
          return authorizer.authorize(attempt);
        };
    server =
        await(IngestServer.start(vertx, 2, IngestConfig.read(ingest), noting, streams, metrics));
  }

  private static Future<PublishDecision> checkKey(PublishAttempt attempt) {
    return Future.succeededFuture(
        attempt.key().equals(Optional.of(KEY))
            ? new PublishDecision.Allowed("main")
            : new PublishDecision.Refused("the publish key of live/demo is not right"));
  }

  /** {@code rtmp://127.0.0.1:port/path}. */
  public String url(String path) {
    return "rtmp://127.0.0.1:" + server.rtmpPort() + "/" + path;
  }

  public static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(40, TimeUnit.SECONDS).join();
  }

  /** What has been told so far. */
  public List<MediaEvent> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  /** One track's samples, in order. */
  public List<MediaEvent.SampleReady> samples(int track) {
    List<MediaEvent.SampleReady> result = new ArrayList<>();
    for (MediaEvent event : events()) {
      if (event instanceof MediaEvent.SampleReady ready
          && ready.sample().track().value() == track) {
        result.add(ready);
      }
    }
    return result;
  }

  @Override
  public void close() {
    await(streams.close());
    await(server.stop());
    await(vertx.close());
  }
}

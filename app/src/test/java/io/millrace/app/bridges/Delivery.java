package io.millrace.app.bridges;

import io.millrace.access.AccessDecision;
import io.millrace.broker.Administrators;
import io.millrace.catalog.LiveDirectory;
import io.millrace.config.Configuration;
import io.millrace.edge.EdgeConfig;
import io.millrace.edge.EdgeMetrics;
import io.millrace.edge.EdgeMount;
import io.millrace.edge.PlayDecision;
import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.http.Problems;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.http.TrustedProxies;
import io.millrace.media.EndReason;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.Publication;
import io.millrace.media.PublishOutcome;
import io.millrace.media.PublishRequest;
import io.millrace.media.Sample;
import io.millrace.media.StreamKey;
import io.millrace.packager.Asset;
import io.millrace.packager.ClipReader;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.testkit.Clips;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The packager behind the edge behind the public listener, and a publisher of the clip. */
final class Delivery {
  static final StreamKey BUNNY = new StreamKey("live", "bunny");
  static final String MULTIVARIANT = "/play/live/bunny/index.m3u8";

  /** There are no administrators. */
  static final Administrators NOBODY =
      request ->
          Future.succeededFuture(new Administrators.Refused(Problems.notFound(), Optional.empty()));

  final Vertx vertx = Vertx.vertx();
  final PrometheusRegistry registry = new PrometheusRegistry();
  private final Context home = vertx.getOrCreateContext();
  private final LiveStreams live;
  private final Packager packager;
  private final EdgeMount edge;
  private final HttpListener listener;
  private final ClipReader clip;
  private Optional<Publication> publication = Optional.empty();

  /** Listens on free ports of this machine, with TLS too. */
  Delivery(Path directory, Clock clock) throws Exception {
    Configuration settings =
        new Configuration(
            Map.of("http", Map.of("host", "127.0.0.1", "port", 0, "tls", Map.of("port", 0))),
            Map.of(),
            Map.of());
    live =
        new LiveStreams(vertx, LiveConfig.read(settings.root().section("ingest")), clock, registry);
    packager =
        new Packager(
            vertx,
            PackagerConfig.read(settings.root().section("packager")),
            RecordingConfig.read(settings.root().section("recording")),
            new DirectoryObjectStore(vertx, directory.resolve("objects"), registry),
            live,
            clock,
            registry);
    await(packager.start());
    edge =
        new EdgeMount(
            vertx,
            EdgeConfig.read(settings.root().section("edge")),
            MediaBridges.upstream(packager.origin()),
            attempt -> Future.succeededFuture(new PlayDecision.Allowed()),
            TrustedProxies.parse(List.of()),
            new EdgeMetrics(registry),
            clock);
    listener =
        await(
            HttpListener.open(
                vertx,
                HttpConfig.read(settings.root().section("http"))
                    .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())),
                List.of(
                    edge.mount(),
                    DownloadMount.of(
                        exports(),
                        MediaBridges.playing(
                            request ->
                                Future.succeededFuture(new AccessDecision.Allowed("default")),
                            new AssetFacts(packager.recordings())),
                        NOBODY,
                        onAir(),
                        TrustedProxies.NONE)),
                new HttpMetrics(registry),
                1));
    clip = ClipReader.open(Clips.bigBuckBunny());
  }

  int port() {
    return listener.port();
  }

  int tlsPort() {
    return listener.tlsPort().orElseThrow();
  }

  /** The next samples of the clip, as fast as it goes; the first ones publish. */
  void send(int samples) throws Exception {
    if (publication.isEmpty()) {
      Promise<PublishOutcome> outcome = Promise.promise();
      home.runOnContext(
          v ->
              live.publish(new PublishRequest(BUNNY, "main", "test", "here", reason -> {}))
                  .onComplete(outcome));
      publication = Optional.of(((PublishOutcome.Accepted) await(outcome.future())).publication());
      onHome(() -> publication.get().write(new MediaEvent.TracksReady(clip.tracks())));
    }
    onHome(
        () -> {
          for (int i = 0; i < samples; i++) {
            Optional<Sample> sample = clip.next();
            sample.ifPresent(s -> publication.get().write(new MediaEvent.SampleReady(s)));
          }
          return true;
        });
  }

  /** Ends the broadcast; what is sent then is another. */
  void end() throws Exception {
    publication = Optional.empty();
    await(live.end(BUNNY, EndReason.ENDED_BY_API));
  }

  LiveDirectory onAir() {
    return new LiveFacts(live, stream -> 0, stream -> Optional.empty(), "still.mp4");
  }

  Exports exports() {
    return new LocalExports(packager::export);
  }

  /** The recording that there is, when there is one. */
  Optional<Asset> recorded() {
    return packager.recordings().all().stream().findFirst();
  }

  private void onHome(Callable<Object> work) throws Exception {
    Promise<Object> done = Promise.promise();
    home.runOnContext(
        v -> {
          try {
            done.complete(work.call());
          } catch (Exception e) {
            done.fail(e);
          }
        });
    await(done.future());
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }

  void close() throws Exception {
    clip.close();
    edge.close();
    await(live.close());
    await(packager.close());
    await(vertx.close());
  }
}

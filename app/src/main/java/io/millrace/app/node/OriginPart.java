package io.millrace.app.node;

import io.millrace.access.AccessRules;
import io.millrace.app.bridges.AssetFacts;
import io.millrace.app.bridges.AssetMount;
import io.millrace.app.bridges.ClipBridge;
import io.millrace.app.bridges.ClipMount;
import io.millrace.app.bridges.EventFeed;
import io.millrace.app.bridges.ExportMount;
import io.millrace.app.bridges.Exports;
import io.millrace.app.bridges.ImportBridge;
import io.millrace.app.bridges.LiveFacts;
import io.millrace.app.bridges.LiveMount;
import io.millrace.app.bridges.LocalExports;
import io.millrace.app.bridges.LocalImports;
import io.millrace.app.bridges.MediaBridges;
import io.millrace.app.bridges.StreamEvents;
import io.millrace.app.clip.SlateFile;
import io.millrace.app.ops.Health;
import io.millrace.catalog.AssetImports;
import io.millrace.children.DataDirectory;
import io.millrace.http.CertificateFileException;
import io.millrace.http.CertificateFiles;
import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.http.Mount;
import io.millrace.http.SharedSecret;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.IngestMetrics;
import io.millrace.ingest.IngestServer;
import io.millrace.ingest.PortException;
import io.millrace.media.LiveStreams;
import io.millrace.media.Slate;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.packager.ClipReply;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.Cues;
import io.millrace.packager.Origin;
import io.millrace.packager.OriginMount;
import io.millrace.packager.Packager;
import io.millrace.packager.Pictures;
import io.millrace.packager.Recordings;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.ObjectStores;
import io.millrace.storage.StorageConfig;
import io.millrace.storage.StorageException;
import io.millrace.transcoding.Ladder;
import io.millrace.transcoding.TranscoderProgram;
import io.millrace.transcoding.TranscoderState;
import io.millrace.transcoding.Transcoders;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role origin: ingest, live streams, packager, store, and the origin's own port. What a start
 * that failed had opened is closed by {@link #close} as after any other.
 */
final class OriginPart implements AutoCloseable {
  private final NodeSettings settings;
  private final IngestConfig ingestConfig;
  private final ObjectStore store;
  private final LiveStreams streams;
  private static final Logger LOGGER = LoggerFactory.getLogger(OriginPart.class);

  private final Optional<Transcoders> transcoders;
  private final Optional<Pictures> pictures;
  private final Packager packager;
  private final PrometheusRegistry registry;
  private final Health health;
  private final Vertx vertx;
  private final Waiting waiting;
  private final Clock clock;
  private @Nullable HttpListener listener;
  private @Nullable IngestServer ingest;

  /**
   * @param certificate of the public listener; RTMPS takes it where it has none of its own
   */
  OriginPart(
      Vertx vertx,
      NodeSettings settings,
      DataDirectory data,
      Optional<CertificateFiles> certificate,
      Clock clock,
      PrometheusRegistry registry,
      Health health) {
    this.vertx = vertx;
    this.settings = settings;
    this.ingestConfig = settings.ingest().withDefaultCertificate(certificate);
    this.registry = registry;
    this.clock = clock;
    this.health = health;
    this.waiting = new Waiting(settings.stopTimeout());
    health.part("origin", () -> Health.Part.notReady("starting"));
    store = store(vertx, settings.storage(), registry);
    streams = new LiveStreams(vertx, settings.live(), clock, registry);
    boolean stills = settings.transcoder().stills();
    transcoders =
        settings.packager().ladder().equals(Ladder.COPY)
            ? transcodersIfThere(data)
            : Optional.of(transcoders(data));
    pictures =
        stills
            ? transcoders.map(
                all -> new Pictures(MediaBridges.pictures(all.stills()), settings.thumbnails()))
            : Optional.empty();
    packager =
        new Packager(
            vertx,
            settings.packager(),
            settings.recording(),
            store,
            streams,
            clock,
            registry,
            transcoders.map(MediaBridges::rungs),
            pictures,
            transcoders.map(MediaBridges::files));
  }

  /** The file name of streams' pictures. */
  String still() {
    return pictures.isPresent() ? "still.jpg" : "still.mp4";
  }

  /** Streams may have ladders of their own, and pictures; without, everything else is as good. */
  private Optional<Transcoders> transcodersIfThere(DataDirectory data) {
    Path home = Path.of(System.getProperty("millrace.home", "."));
    try {
      return Optional.of(
          new Transcoders(
              vertx, TranscoderProgram.of(home), settings.transcoder(), data, clock, registry));
    } catch (IOException e) {
      LOGGER
          .atWarn()
          .addKeyValue("reason", e.toString())
          .log("the transcoder is not there, so there are no JPEGs of streams, nor ladders");
      return Optional.empty();
    }
  }

  private Transcoders transcoders(DataDirectory data) {
    Path home = Path.of(System.getProperty("millrace.home", "."));
    try {
      return new Transcoders(
          vertx, TranscoderProgram.of(home), settings.transcoder(), data, clock, registry);
    } catch (IOException e) {
      throw Waiting.failed("packager.ladder: the transcoder", e);
    }
  }

  private static ObjectStore store(Vertx vertx, StorageConfig config, PrometheusRegistry registry) {
    try {
      return ObjectStores.open(vertx, config, registry);
    } catch (StorageException e) {
      throw Waiting.failed(
          config.kind() == StorageConfig.Kind.S3 ? "storage.s3" : "storage.directory", e);
    }
  }

  /**
   * Blocks until publishers are let in.
   *
   * @param profiles what is wanted of the streams they publish
   */
  void start(
      AccessRules rules,
      Function<StreamKey, Future<StreamProfile>> profiles,
      HttpMetrics httpMetrics) {
    settings.live().slate().ifPresent(file -> streams.show(slate(file)));
    Waiting.forStart("origin", packager.start());
    listener =
        Waiting.forStart(
            "origin.port",
            HttpListener.open(
                vertx, originHttp(settings), mounts(), httpMetrics, EventLoops.count()));
    ingest =
        Waiting.forStart(
            "ingest.rtmps",
            IngestServer.start(
                    vertx,
                    EventLoops.count(),
                    ingestConfig,
                    MediaBridges.publishing(rules, profiles),
                    streams,
                    new IngestMetrics(registry))
                .recover(
                    failure ->
                        Future.failedFuture(
                            switch (failure) {
                              case PortException port ->
                                  Waiting.cannotOpen(
                                      port.key(), ingestConfig.rtmpHost(), port.port(), port);
                              case CertificateFileException wrong ->
                                  Waiting.failed(
                                      (settings.ingest().rtmpsCertificate().isPresent()
                                              ? "ingest.rtmps."
                                              : "http.tls.")
                                          + CertificateFileException.keyOf(wrong),
                                      wrong);
                              default -> failure;
                            })));
    health.part("origin", this::health);
  }

  /** For edges and catalogues on other nodes. */
  private List<Mount> mounts() {
    return Stream.of(
            OriginMount.of(packager.origin()),
            LiveMount.of(new LiveFacts(streams, key -> 0, this::transcoder, still())),
            AssetMount.of(new AssetFacts(packager.recordings())),
            ClipMount.of(new ClipBridge(clips())),
            ExportMount.of(exports()))
        .map(mount -> SharedSecret.guard(mount, settings.origin().sharedSecret()))
        .toList();
  }

  private Slate slate(Path file) {
    try {
      return SlateFile.load(file, settings.packager().segmentDuration());
    } catch (IOException | RuntimeException e) {
      throw Waiting.failed("ingest.slate", e);
    }
  }

  /**
   * Ready even while the store does not keep up, for the streams go on from memory, and while rungs
   * are missing; but it says so.
   */
  private Health.Part health() {
    List<String> behind =
        streams.statuses().stream()
            .map(status -> status.broadcast().stream())
            .filter(stream -> !packager.isStoring(stream))
            .map(StreamKey::toString)
            .toList();
    List<String> findings = new ArrayList<>();
    store.trouble().ifPresent(findings::add);
    packager.recordings().trouble().ifPresent(findings::add);
    if (!behind.isEmpty()) {
      findings.add("not stored, only in memory: " + String.join(", ", behind));
    }
    transcoders.ifPresent(
        all -> all.troubles().forEach((stream, state) -> findings.add(words(stream, state))));
    return findings.isEmpty()
        ? Health.Part.READY
        : new Health.Part(true, String.join("; ", findings));
  }

  private static String words(String stream, TranscoderState state) {
    return "transcoder of " + stream + " " + state.detail();
  }

  /** What the transcoder of a stream is doing, where it has one. */
  Optional<TranscoderState> transcoder(StreamKey stream) {
    return transcoders.flatMap(all -> all.state(stream.toString()));
  }

  private static HttpConfig originHttp(NodeSettings settings) {
    return settings
        .http()
        .onPlainPort("origin", settings.origin().host(), settings.origin().port());
  }

  /** Tells of its streams from now on, before publishers are let in. */
  StreamEvents events(EventFeed feed) {
    return StreamEvents.of(streams, packager, feed, clock);
  }

  LiveStreams streams() {
    return streams;
  }

  Recordings recordings() {
    return packager.recordings();
  }

  Function<ClipRequest, Future<ClipReply>> clips() {
    return packager::clip;
  }

  /** Files become recordings where there is a transcoder, which reads them. */
  AssetImports imports() {
    return transcoders.isPresent()
        ? new LocalImports(packager::importFile)
        : ImportBridge.none(
            "this server has no transcoder, which reads files; install one with lib/transcoder");
  }

  Exports exports() {
    return new LocalExports(packager::export);
  }

  Cues cues() {
    return packager.cues();
  }

  Origin origin() {
    return packager.origin();
  }

  int rtmpPort() {
    return ingest == null ? ingestConfig.rtmpPort() : ingest.rtmpPort();
  }

  OptionalInt rtmpsPort() {
    return ingest == null ? OptionalInt.empty() : ingest.rtmpsPort();
  }

  int originPort() {
    return listener == null ? settings.origin().port() : listener.port();
  }

  /** Lets no publisher in any more and ends every broadcast; viewers can still read. */
  void endBroadcasts() {
    waiting.forStop("broadcasts", streams.close());
    if (ingest != null) {
      waiting.forStop("ingest", ingest.stop());
    }
    waiting.forStop("packager", packager.close());
  }

  @Override
  public void close() {
    if (listener != null) {
      waiting.forStop("origin listener", listener.close(settings.stopTimeout().dividedBy(4)));
    }
    waiting.forStop("store", store.close());
  }
}

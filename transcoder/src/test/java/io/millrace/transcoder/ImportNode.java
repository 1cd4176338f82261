package io.millrace.transcoder;

import static org.awaitility.Awaitility.await;

import io.millrace.children.DataDirectory;
import io.millrace.config.Configuration;
import io.millrace.media.LiveConfig;
import io.millrace.media.LiveStreams;
import io.millrace.media.MediaEvent;
import io.millrace.media.StreamKey;
import io.millrace.media.TrackLabels;
import io.millrace.packager.Asset;
import io.millrace.packager.ImportFailure;
import io.millrace.packager.ImportRequest;
import io.millrace.packager.Importing;
import io.millrace.packager.MediaReader;
import io.millrace.packager.OriginMount;
import io.millrace.packager.Packager;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.RecordingConfig;
import io.millrace.packager.RungMaker;
import io.millrace.storage.DirectoryObjectStore;
import io.millrace.storage.ObjectStore;
import io.millrace.testkit.Ffmpeg;
import io.millrace.testkit.TempFolder;
import io.millrace.transcoding.FileListener;
import io.millrace.transcoding.FileReading;
import io.millrace.transcoding.RungListener;
import io.millrace.transcoding.Transcoders;
import io.millrace.transcoding.Transcoding;
import io.millrace.transcoding.TranscodingConfig;
import io.millrace.transcoding.TranscodingWish;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** A server that imports files, without its doors: packager, transcoder's program, a directory. */
final class ImportNode implements AutoCloseable {
  static final StreamKey STREAM = new StreamKey("live", "uploads");

  final TempFolder folder = TempFolder.create("millrace-imports-");
  final Packager packager;
  private final Vertx vertx = Vertx.vertx();
  private final DataDirectory data;
  private final HttpServer server;

  /** The newest of each. */
  volatile Optional<FileReading> reading = Optional.empty();

  volatile Optional<Transcoding> transcoding = Optional.empty();

  private final Path objects;

  ImportNode() throws Exception {
    this(TranscodingNode.CONFIG, Optional.empty(), (vertx, store) -> store);
  }

  /**
   * @param shared the objects of another node; empty: its own
   */
  ImportNode(
      TranscodingConfig config,
      Optional<Path> shared,
      BiFunction<Vertx, ObjectStore, ObjectStore> around)
      throws Exception {
    objects = shared.orElse(folder.path().resolve("objects"));
    Path natives = TranscodingNode.sharedNatives();
    Files.createDirectories(natives);
    Files.createDirectories(folder.path().resolve("transcoder"));
    Files.createSymbolicLink(folder.path().resolve("transcoder/natives"), natives);
    data = DataDirectory.open(folder.path());
    var registry = new PrometheusRegistry();
    var all =
        new Transcoders(
            vertx, TranscodingNode.program(), config, data, Clock.systemUTC(), registry);
    var settings = new Configuration(Map.of(), Map.of(), Map.of());
    packager =
        new Packager(
            vertx,
            PackagerConfig.read(settings.root().section("packager")),
            new RecordingConfig(false, 1L << 30, Duration.ofDays(7)),
            around.apply(vertx, new DirectoryObjectStore(vertx, objects, registry)),
            new LiveStreams(
                vertx,
                LiveConfig.read(settings.root().section("ingest")),
                Clock.systemUTC(),
                registry),
            Clock.systemUTC(),
            registry,
            Optional.of((stream, home, wish, to) -> rungs(all, stream, home, wish, to)),
            Optional.empty(),
            Optional.of((name, file, context, to) -> files(all, name, file, context, to)));
    get(packager.start());
    server =
        get(
            vertx
                .createHttpServer()
                .requestHandler(OriginMount.of(packager.origin()).handler())
                .listen(0, "127.0.0.1"));
  }

  private RungMaker.Making rungs(
      Transcoders all, String stream, Context home, TranscodingWish wish, RungListener to) {
    Transcoding started = all.start(stream, home, wish, to);
    transcoding = Optional.of(started);
    return new RungMaker.Making() {
      @Override
      public void startSegment() {
        started.startSegment();
      }

      @Override
      public void accept(MediaEvent event) {
        started.accept(event);
      }

      @Override
      public void close() {
        started.close();
      }
    };
  }

  private MediaReader.Reading files(
      Transcoders all, String name, Path file, Context context, FileListener to) {
    FileReading started = all.read(name, file, context, to);
    reading = Optional.of(started);
    return new MediaReader.Reading() {
      @Override
      public void pause() {
        started.pause();
      }

      @Override
      public void resume() {
        started.resume();
      }

      @Override
      public void close() {
        started.close();
      }
    };
  }

  Path objects() {
    return objects;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }

  Importing begin(Path file, String ladder, TrackLabels labels) {
    return packager.importFile(
        new ImportRequest(
            "default", STREAM, "A title", file, Arrays.asList(ladder.split(",")), labels));
  }

  Asset imported(Path file, String ladder) throws Exception {
    return get(begin(file, ladder, TrackLabels.NONE).done());
  }

  /** Why a file is not imported. */
  static ImportFailure failure(Importing importing) throws Exception {
    try {
      throw new AssertionError("imported: " + get(importing.done()));
    } catch (ExecutionException e) {
      return (ImportFailure) e.getCause();
    }
  }

  ImportFailure refused(Path file) throws Exception {
    return failure(begin(file, "copy", TrackLabels.NONE));
  }

  /** Files in the store. */
  List<String> stored() throws IOException {
    if (!Files.exists(objects)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(objects)) {
      return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
  }

  URI address(Asset asset, String file) {
    return URI.create(
        "http://127.0.0.1:%d/play/vod/%s/%s".formatted(server.actualPort(), asset.id(), file));
  }

  /** The media playlist of a rendition. */
  URI rendition(Asset asset, String name) {
    return address(asset, "b/" + asset.id() + "/" + name + "/index.m3u8");
  }

  static String text(URI address) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(address + ": " + answer.statusCode() + " " + answer.body());
      }
      return answer.body();
    }
  }

  /** How many packets the first track of a kind has. */
  static int packets(Object source, String kind) {
    return counted(source, kind, "packets");
  }

  /** How many frames a decoder makes of the first track of a kind. */
  static int frames(Object source, String kind) {
    return counted(source, kind, "frames");
  }

  private static int counted(Object source, String kind, String what) {
    String counted =
        Ffmpeg.probe(
                Duration.ofMinutes(2),
                ("-select_streams "
                        + kind
                        + ":0 -count_%s -show_entries stream=nb_read_%s -of csv=p=0 "
                            .formatted(what, what)
                        + source)
                    .split(" "))
            .orFail()
            .text();
    return Integer.parseInt(
        counted.strip().lines().findFirst().orElse("0").replaceAll("[^0-9]", ""));
  }

  @Override
  public void close() {
    try {
      get(packager.close());
      reading.ifPresent(child -> await().until(() -> child.pid() < 0));
      transcoding.ifPresent(child -> await().until(() -> child.pid() < 0));
      get(vertx.close());
      data.close();
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}

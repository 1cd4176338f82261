package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.app.cli.MillraceCommand;
import io.millrace.broker.Administrators;
import io.millrace.config.Configuration;
import io.millrace.config.Secret;
import io.millrace.edge.EdgeConfig;
import io.millrace.edge.PlayDecision;
import io.millrace.http.Mount;
import io.millrace.http.Problems;
import io.millrace.http.SharedSecret;
import io.millrace.http.TrustedProxies;
import io.millrace.packager.Asset;
import io.millrace.packager.ExportReply;
import io.millrace.packager.Mp4Export;
import io.millrace.testkit.Clips;
import io.millrace.testkit.FrameHashes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recording as one MP4 file. */
class ExportTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private Delivery delivery;
  private Asset asset;

  @BeforeEach
  void record() throws Exception {
    delivery = new Delivery(directory, Clock.systemUTC());
    delivery.send(3000);
    delivery.end();
    asset =
        Awaitility.await()
            .atMost(40, TimeUnit.SECONDS)
            .until(delivery::recorded, Optional::isPresent)
            .orElseThrow();
  }

  @AfterEach
  void stop() throws Exception {
    client.shutdownNow();
    delivery.close();
  }

  @Test
  void hasEveryPictureAndEverySoundFrameWithTheirTimesToEachOther() throws Exception {
    Path file = directory.resolve("whole.mp4");
    HttpResponse<byte[]> answer = get("");
    Files.write(file, answer.body());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("video/mp4");
    List<String> source = List.of("-i", Clips.bigBuckBunny().toString());
    List<String> exported = List.of("-i", file.toString());
    FrameHashes pictures = FrameHashes.decodedVideo(DEADLINE, exported);
    assertThat(pictures.md5s()).isEqualTo(FrameHashes.decodedVideo(DEADLINE, source).md5s());
    FrameHashes sound = FrameHashes.aacFrames(DEADLINE, exported);
    FrameHashes sourceSound = FrameHashes.aacFrames(DEADLINE, source);
    assertThat(sound.md5s()).isEqualTo(sourceSound.md5s());
    double offset = begin(pictures) - begin(sound);
    double sourceOffset = begin(FrameHashes.decodedVideo(DEADLINE, source)) - begin(sourceSound);
    assertThat(offset).isCloseTo(sourceOffset, within(0.001));
    assertThat(begin(sound)).isBetween(-0.1, 0.2);
  }

  private static double begin(FrameHashes track) {
    String[] tick = track.timebase().split("/", 2);
    return track.entries().getFirst().pts()
        * Double.parseDouble(tick[0])
        / Double.parseDouble(tick[1]);
  }

  @Test
  void anyPartOfItIsThatPartOfTheWhole() throws Exception {
    HttpResponse<byte[]> whole = get("");
    byte[] all = whole.body();
    String etag = whole.headers().firstValue("etag").orElseThrow();
    for (long[] range :
        new long[][] {
          {0, 0}, {100, 5000}, {all.length / 2, all.length - 1L}, {all.length - 5, all.length + 9}
        }) {
      HttpResponse<byte[]> part = get("", "range", "bytes=" + range[0] + "-" + range[1]);
      int end = (int) Math.min(all.length, range[1] + 1);
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(part.headers().firstValue("content-range"))
          .contains("bytes " + range[0] + "-" + (end - 1) + "/" + all.length);
      assertThat(part.body()).isEqualTo(Arrays.copyOfRange(all, (int) range[0], end));
    }
    assertThat(get("", "range", "bytes=" + all.length + "-").statusCode()).isEqualTo(416);
    assertThat(get("", "if-none-match", etag).statusCode()).isEqualTo(304);
    HttpResponse<byte[]> head = send("HEAD", asset.id() + ".mp4");
    assertThat(head.headers().firstValue("content-length")).contains("" + all.length);
  }

  @Test
  void soundAloneAndWhatThereIsNot() throws Exception {
    Path file = directory.resolve("sound.mp4");
    Files.write(file, get("?rung=audio").body());
    assertThat(FrameHashes.aacFrames(DEADLINE, List.of("-i", file.toString())).md5s())
        .hasSizeGreaterThan(1000);
    HttpResponse<byte[]> other = get("?rung=480p");
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(new String(other.body(), StandardCharsets.UTF_8))
        .contains("there is no rung '480p'; there is audio, source");
    assertThat(send("GET", "01M7YZMHG0B2Y153S441CND7V7.mp4").statusCode()).isEqualTo(404);
    assertThat(send("GET", "nonsense.mp4").statusCode()).isEqualTo(404);
    assertThat(send("POST", asset.id() + ".mp4").statusCode()).isEqualTo(405);
  }

  @Test
  void theCommandSavesItOrSaysWhyNotAndLeavesNothing() throws Exception {
    Path file = directory.resolve("saved.mp4");
    String server = "http://127.0.0.1:" + delivery.port();
    assertThat(export("01M7YZMHG0B2Y153S441CND7V7", file, server)).isEqualTo(1);
    assertThat(export(asset.id().value(), directory.resolve("no/such/folder.mp4"), server))
        .isEqualTo(1);
    assertThat(export(asset.id().value(), directory, server)).isEqualTo(1);
    assertThat(Files.exists(file)).isFalse();

    assertThat(export(asset.id().value(), file, server)).isZero();

    assertThat(Files.readAllBytes(file)).isEqualTo(get("").body());
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.filter(path -> path.toString().endsWith(".part"))).isEmpty();
    }
  }

  private static int export(String asset, Path file, String server) {
    return MillraceCommand.run("vod", "export", asset, file.toString(), "--server", server);
  }

  @Test
  void anEdgeOnAnotherNodePassesItThrough() throws Exception {
    byte[] whole = get("").body();
    int origin =
        listen(
            SharedSecret.guard(
                ExportMount.of(delivery.exports()), Optional.of(new Secret("the secret"))));
    URI file = URI.create("http://127.0.0.1:" + edge(origin, "the secret") + path());

    assertThat(get(file).body()).isEqualTo(whole);
    HttpResponse<byte[]> part = get(file, "range", "bytes=1000-200000");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, 1000, 200_001));
    assertThat(get(URI.create(file + "?rung=480p")).statusCode()).isEqualTo(404);
    assertThat(get(URI.create("http://127.0.0.1:" + edge(origin, "another") + path())).statusCode())
        .isEqualTo(503);
  }

  /** Its length has been promised: who has less must not take it for the file. */
  @Test
  @Timeout(30)
  void whatTheOriginBreaksOffIsNoFileAtTheEdge() throws Exception {
    int origin =
        listen(
            new Mount(
                "/",
                request ->
                    request
                        .response()
                        .putHeader("content-length", "100000")
                        .write(Buffer.buffer(new byte[1000]))
                        .onComplete(written -> request.connection().close())));
    URI file = URI.create("http://127.0.0.1:" + edge(origin, "the secret") + path());

    assertThatThrownBy(() -> get(file)).isInstanceOf(IOException.class);
  }

  @Test
  void moreThanTheServerTakesAtOnceAreAskedToComeAgain() throws Exception {
    List<Promise<Void>> open = new CopyOnWriteArrayList<>();
    Mp4Export slow =
        new Mp4Export() {
          @Override
          public long length() {
            return 10;
          }

          @Override
          public String etag() {
            return "\"etag\"";
          }

          @Override
          public Future<Void> write(WriteStream<Buffer> target, long first, long last) {
            Promise<Void> promise = Promise.promise();
            open.add(promise);
            return promise.future();
          }
        };
    int port =
        listen(
            ExportMount.of(
                new LocalExports(
                    (id, rung) -> Future.succeededFuture(new ExportReply.Ready(slow)))));
    URI file = URI.create("http://127.0.0.1:" + port + "/exports/" + asset.id());
    List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
    for (int i = 0; i < LocalExports.MOST_AT_ONCE; i++) {
      asked.add(
          client.sendAsync(
              HttpRequest.newBuilder(file).version(HttpClient.Version.HTTP_1_1).build(),
              HttpResponse.BodyHandlers.ofByteArray()));
    }
    Awaitility.await().until(() -> open.size() == LocalExports.MOST_AT_ONCE);

    HttpResponse<byte[]> refused = get(file);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("retry-after")).contains("10");
    assertThat(refused.headers().firstValue("etag")).isEmpty();

    open.getFirst().fail("the test's");
    CompletableFuture<HttpResponse<byte[]>> next =
        client.sendAsync(
            HttpRequest.newBuilder(file).version(HttpClient.Version.HTTP_1_1).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    Awaitility.await().until(() -> open.size() == LocalExports.MOST_AT_ONCE + 1);
    open.forEach(promise -> promise.tryFail("the test's"));
    asked.add(next);
    asked.forEach(answer -> answer.cancel(true));
  }

  private int edge(int origin, String secret) throws Exception {
    Configuration configuration =
        new Configuration(
            Map.of(
                "edge",
                Map.of("origin", "http://127.0.0.1:" + origin),
                "origin",
                Map.of("sharedSecret", secret)),
            Map.of(),
            Map.of());
    return listen(
        DownloadMount.of(
            new RemoteExports(delivery.vertx, EdgeConfig.read(configuration.root())),
            attempt -> Future.succeededFuture(new PlayDecision.Allowed()),
            Delivery.NOBODY,
            delivery.onAir(),
            TrustedProxies.NONE));
  }

  private int listen(Mount mount) throws Exception {
    return Delivery.await(
            delivery
                .vertx
                .createHttpServer()
                .requestHandler(mount.handler())
                .listen(0, "127.0.0.1"))
        .actualPort();
  }

  private String path() {
    return "/download/" + asset.id() + ".mp4";
  }

  private HttpResponse<byte[]> get(URI address, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).version(HttpClient.Version.HTTP_1_1);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void whoMayNotPlayItDoesNotGetIt() throws Exception {
    int port =
        listen(
            DownloadMount.of(
                delivery.exports(),
                attempt ->
                    Future.succeededFuture(
                        attempt.token().filter("good"::equals).isPresent()
                                && attempt.app().equals("vod")
                                && attempt.stream().equals(asset.id().value())
                            ? new PlayDecision.Allowed()
                            : new PlayDecision.Refused(401, "a token is needed")),
                request ->
                    Future.succeededFuture(
                        "Bearer boss".equals(request.getHeader("authorization"))
                            ? new Administrators.Allowed("boss")
                            : new Administrators.Refused(Problems.notFound(), Optional.empty())),
                delivery.onAir(),
                TrustedProxies.NONE));
    URI file = URI.create("http://127.0.0.1:" + port + path());

    assertThat(get(file).statusCode()).isEqualTo(401);
    assertThat(get(URI.create(file + "?token=good")).statusCode()).isEqualTo(200);
    assertThat(get(file, "authorization", "Bearer good").statusCode()).isEqualTo(200);
    assertThat(get(file, "authorization", "Bearer bad").statusCode()).isEqualTo(401);
    assertThat(get(file, "authorization", "Bearer boss").statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsOnAirSaysSoToWhoeverMayWatchIt() throws Exception {
    delivery.send(100);
    String broadcast = delivery.onAir().live().await().getFirst().broadcast();
    int closed =
        listen(
            DownloadMount.of(
                delivery.exports(),
                attempt ->
                    Future.succeededFuture(
                        new PlayDecision.Refused(
                            attempt.app().equals("vod") ? 404 : 401, "not here")),
                Delivery.NOBODY,
                delivery.onAir(),
                TrustedProxies.NONE));

    HttpResponse<byte[]> answer = send("GET", broadcast + ".mp4");

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("still-on-air")
        .contains("it is a file when it has ended");
    URI elsewhere = URI.create("http://127.0.0.1:" + closed + "/download/" + broadcast + ".mp4");
    assertThat(get(elsewhere).statusCode()).isEqualTo(404);
  }

  /** The length of the file is promised before any of it is read. */
  @Test
  void whatTheStoreHasLostIsNoShorterFile() throws Exception {
    try (Stream<Path> objects = Files.walk(directory.resolve("objects"))) {
      List<Path> sound =
          objects.filter(path -> path.toString().matches(".*/audio/\\d+-\\d+\\.m4s")).toList();
      Files.delete(sound.getLast());
    }

    assertThatThrownBy(() -> get("")).isInstanceOf(IOException.class);
  }

  private HttpResponse<byte[]> get(String query, String... headers) throws Exception {
    return send("GET", asset.id() + ".mp4" + query, headers);
  }

  private HttpResponse<byte[]> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + delivery.port() + "/download/" + path))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}

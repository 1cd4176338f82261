package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.config.Configuration;
import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.http.Problem;
import io.millrace.http.TrustedProxies;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EdgeMountTest {
  private static final String MULTIVARIANT = "/play/live/cam/index.m3u8";
  private static final String PLAYLIST = "/play/live/cam/b/1/v/index.m3u8";
  private static final String SEGMENT = "/play/live/cam/b/1/v/1.m4s";
  private static final String HLS = "application/vnd.apple.mpegurl";
  private static final String LIST = "#EXTM3U\n" + "#EXTINF:2.0,\n1.m4s\n".repeat(30);

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, UpstreamResponse> origin = new ConcurrentHashMap<>();
  private final List<UpstreamRequest> asked = new CopyOnWriteArrayList<>();
  private final byte[] media = new byte[3_000_000];
  private volatile PlayAuthorizer authorizer =
      attempt -> Future.succeededFuture(new PlayDecision.Allowed());
  private volatile Upstream upstream =
      request ->
          Future.succeededFuture(
              origin.getOrDefault(
                  request.path(),
                  response(404, "application/problem+json", "{\"status\":404}", "max-age=1")));
  private EdgeMount edge;
  private HttpClient client;
  private HttpListener listener;
  private int port;

  @BeforeEach
  void open() {
    new Random(1).nextBytes(media);
    EdgeConfig config =
        new EdgeConfig(
            64 << 20,
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(15),
            Duration.ofSeconds(6));
    PrometheusRegistry registry = new PrometheusRegistry();
    edge =
        new EdgeMount(
            vertx,
            config,
            request -> {
              asked.add(request);
              return upstream.fetch(request);
            },
            attempt -> authorizer.authorize(attempt),
            TrustedProxies.parse(List.of("127.0.0.1")),
            new EdgeMetrics(registry),
            InstantSource.system());
    HttpConfig http =
        HttpConfig.read(
            new Configuration(
                    Map.of("http", Map.of("host", "127.0.0.1", "port", 0)), Map.of(), Map.of())
                .root()
                .section("http"));
    listener =
        get(HttpListener.open(vertx, http, List.of(edge.mount()), new HttpMetrics(registry), 2));
    port = listener.port();
    client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(100));
    origin.put(MULTIVARIANT, response(200, HLS, "#EXTM3U\nb/1/v/index.m3u8\n", "max-age=60"));
    origin.put(PLAYLIST, response(200, HLS, LIST, "public, max-age=60"));
    origin.put(
        SEGMENT,
        new UpstreamResponse(
            200,
            MultiMap.caseInsensitiveMultiMap()
                .add("Content-Type", "video/mp4")
                .add("ETag", "\"seg\"")
                .add("Access-Control-Allow-Origin", "origin.example")
                .add("Connection", "close")
                .add("Cache-Control", "public, max-age=3600, immutable"),
            Buffer.buffer(media)));
  }

  @AfterEach
  void close() throws Exception {
    edge.close();
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  private static UpstreamResponse response(int status, String type, String body, String control) {
    return new UpstreamResponse(
        status,
        MultiMap.caseInsensitiveMultiMap()
            .add("Content-Type", type)
            .add("ETag", "\"v1\"")
            .add("Cache-Control", control),
        Buffer.buffer(body));
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private record Answer(int status, MultiMap headers, Buffer body) {
    String header(String name) {
      return headers.get(name);
    }
  }

  private Future<Answer> sent(HttpMethod method, String target, String... headers) {
    return client
        .request(method, port, "127.0.0.1", target)
        .compose(
            request -> {
              for (int i = 0; i < headers.length; i += 2) {
                request.putHeader(headers[i], headers[i + 1]);
              }
              // Inside: from this thread the body would be asked for when it has gone by.
              return request.send().compose(EdgeMountTest::whole);
            });
  }

  private static Future<Answer> whole(HttpClientResponse response) {
    return response.body().map(b -> new Answer(response.statusCode(), response.headers(), b));
  }

  private Answer ask(String target, String... headers) {
    return get(sent(HttpMethod.GET, target, headers));
  }

  @Test
  void servesFromMemoryWhatItFetchedOnce() {
    Answer first = ask(SEGMENT);
    Answer second = ask(SEGMENT);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.body().getBytes()).isEqualTo(media);
    assertThat(second.body().getBytes()).isEqualTo(media);
    assertThat(first.header("cache-status")).isEqualTo("millrace; fwd=miss; stored");
    assertThat(second.header("cache-status")).startsWith("millrace; hit; ttl=");
    assertThat(second.header("age")).isNotNull();
    assertThat(second.header("date")).isNotNull();
    assertThat(second.headers().getAll("access-control-allow-origin")).containsExactly("*");
    assertThat(second.header("content-type")).isEqualTo("video/mp4");
    assertThat(asked).hasSize(1);
  }

  @Test
  void asksTheOriginOnceForManyViewers() {
    Promise<UpstreamResponse> held = Promise.promise();
    upstream = request -> held.future();
    List<Future<Answer>> viewers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      viewers.add(sent(HttpMethod.GET, PLAYLIST + "?_HLS_msn=3&viewer=" + i));
    }
    await().until(() -> asked.size() == 1);
    await().until(() -> listener.connections() == 50);
    held.complete(response(200, HLS, LIST, "max-age=60"));
    for (Future<Answer> viewer : viewers) {
      assertThat(get(viewer).body().toString()).isEqualTo(LIST);
    }
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().target()).isEqualTo(PLAYLIST + "?_HLS_msn=3");
  }

  // DASH H2
  @Test
  void writesTheTokenIntoAManifest() {
    String manifest = "/play/live/cam/manifest.mpd";
    origin.put(
        manifest,
        response(
            200,
            "application/dash+xml",
            """
            <SegmentTemplate media="b/1/v/$Number$-1.m4s"
            initialization="b/1/v/init.mp4"/><BaseURL>x</BaseURL><S media="https://other/x"/>""",
            "public, max-age=60"));

    Answer answer = ask(manifest + "?token=a%24b%26");

    assertThat(answer.body().toString())
        .isEqualTo(
            """
            <SegmentTemplate media="b/1/v/$Number$-1.m4s?token=a%24b%26"
            initialization="b/1/v/init.mp4?token=a%24b%26"/><BaseURL>x</BaseURL><S media="https://other/x"/>""");
    assertThat(ask(manifest).body().toString()).doesNotContain("token");
    assertThat(asked).hasSize(1);
  }

  @Test
  void writesTheTokenIntoTheAddressesOfThumbnailsAndIntoNoCaption() {
    String text =
        """
        WEBVTT

        00:00:00.000 --> 00:00:10.000
        b/1/thumbnails-10s-160x90/sheet-0.jpg#xywh=0,0,160,90

        00:00:10.000 --> 00:00:20.000
        https://other/sheet-0.jpg#xywh=160,0,160,90
        """;
    String thumbnails = "/play/live/cam/thumbnails.vtt";
    String captions = "/play/live/cam/b/1/text-cc1/1-1.vtt";
    origin.put(thumbnails, response(200, "text/vtt", text, "public, max-age=60"));
    origin.put(captions, response(200, "text/vtt", text, "public, max-age=60"));

    assertThat(ask(thumbnails + "?token=a%24b").body().toString())
        .isEqualTo(text.replace("0.jpg#xywh=0,", "0.jpg?token=a%24b#xywh=0,"));
    assertThat(ask(thumbnails).body().toString()).isEqualTo(text);
    assertThat(ask(captions + "?token=a%24b").body().toString()).isEqualTo(text);
    assertThat(asked).hasSize(2);
  }

  // DASH A5
  @Test
  void tellsTheTimeThatManifestsPointTo() {
    Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Answer answer = ask("/play/live/cam/time");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    assertThat(Instant.parse(answer.body().toString())).isBetween(before, Instant.now());
    assertThat(asked).isEmpty();
  }

  // HLS H1
  @Test
  void sendsPlaylistsInGzipToWhoTakesIt() throws IOException {
    Answer answer = ask(PLAYLIST, "Accept-Encoding", "gzip");
    assertThat(answer.header("content-encoding")).isEqualTo("gzip");
    assertThat(answer.header("vary")).isEqualTo("Accept-Encoding");
    assertThat(answer.header("etag")).isEqualTo("\"v1-gzip\"");
    byte[] plain =
        new GZIPInputStream(new ByteArrayInputStream(answer.body().getBytes())).readAllBytes();
    assertThat(new String(plain, StandardCharsets.UTF_8)).isEqualTo(LIST);
    assertThat(ask(PLAYLIST).body().toString()).isEqualTo(LIST);
    assertThat(ask(SEGMENT, "Accept-Encoding", "gzip").header("content-encoding")).isNull();
    assertThat(asked).hasSize(2);
  }

  // HLS H3
  @Test
  void servesRanges() {
    Answer part = ask(SEGMENT, "Range", "bytes=1000-200999");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.header("content-range")).isEqualTo("bytes 1000-200999/3000000");
    assertThat(part.body()).isEqualTo(Buffer.buffer(media).getBuffer(1000, 201_000));
    Answer behind = ask(SEGMENT, "Range", "bytes=3000000-");
    assertThat(behind.status()).isEqualTo(416);
    assertThat(behind.header("content-range")).isEqualTo("bytes */3000000");
    assertThat(behind.header("access-control-allow-origin")).isEqualTo("*");
    assertThat(ask(SEGMENT, "Range", "bytes=0-1", "If-Range", "\"old\"").status()).isEqualTo(200);
    assertThat(ask(SEGMENT, "Range", "bytes=0-1", "If-Range", "\"seg\"").status()).isEqualTo(206);
  }

  // HLS H8
  @Test
  void headEqualsGetAndConditionsAreHeeded() {
    Answer got = ask(PLAYLIST);
    Answer head = get(sent(HttpMethod.HEAD, PLAYLIST));
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body().length()).isZero();
    assertThat(head.header("content-length")).isEqualTo(got.header("content-length"));
    Answer same = ask(PLAYLIST, "If-None-Match", "\"v1-gzip\"");
    assertThat(same.status()).isEqualTo(304);
    assertThat(same.header("etag")).isEqualTo("\"v1\"");
    assertThat(same.header("access-control-allow-origin")).isEqualTo("*");
  }

  // HLS H2
  @Test
  void otherOriginsMayAskAndSeeErrors() {
    Answer preflight = get(sent(HttpMethod.OPTIONS, SEGMENT));
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("access-control-allow-headers")).contains("Range");
    Answer posted = get(sent(HttpMethod.POST, SEGMENT));
    assertThat(posted.status()).isEqualTo(405);
    assertThat(posted.header("allow")).isEqualTo("GET, HEAD, OPTIONS");
    for (String missing : List.of("/play/live/none/index.m3u8", "/play/x")) {
      Answer answer = ask(missing);
      assertThat(answer.status()).as(missing).isEqualTo(404);
      assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
      assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    }
  }

  @Test
  void saysWhenTheOriginIsAway() {
    upstream = request -> Future.failedFuture(new IOException("connection refused to 10.0.0.1"));
    Answer answer = ask(PLAYLIST);
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body().toString()).contains("origin-unreachable").doesNotContain("10.0.0.1");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
  }

  @Test
  void anObjectThatNeverComesCanBeAskedForAgain() {
    Upstream before = upstream;
    upstream = request -> Promise.<UpstreamResponse>promise().future();
    assertThat(ask(PLAYLIST).status()).isEqualTo(504);
    upstream = before;
    assertThat(ask(PLAYLIST).status()).isEqualTo(200);
  }

  @Test
  void refusesWithoutATokenAndWritesTheTokenIntoPlaylists() {
    authorizer =
        attempt ->
            Future.succeededFuture(
                attempt.token().equals(Optional.of("let me"))
                    ? new PlayDecision.Allowed()
                    : new PlayDecision.Refused(401, "A token is needed"));
    Answer refused = ask(MULTIVARIANT);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("www-authenticate")).isEqualTo("Bearer");
    assertThat(asked).isEmpty();

    Answer answer = ask(MULTIVARIANT + "?token=let%20me");
    assertThat(answer.body().toString()).isEqualTo("#EXTM3U\nb/1/v/index.m3u8?token=let+me\n");
    assertThat(answer.header("cache-control")).isEqualTo("private, max-age=60");
    assertThat(ask(PLAYLIST + "?token=let+me").header("cache-control"))
        .isEqualTo("private, max-age=60");
    Answer bearer = ask(MULTIVARIANT, "Authorization", "Bearer let me");
    assertThat(bearer.body().toString()).isEqualTo("#EXTM3U\nb/1/v/index.m3u8\n");
    assertThat(asked).allMatch(request -> !request.target().contains("token"));
  }

  @Test
  void refusesWhenNobodyCanDecide() {
    authorizer = attempt -> Future.failedFuture("down");
    Answer answer = ask(SEGMENT);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("retry-after")).isEqualTo("1");
    assertThat(asked).isEmpty();
  }

  @Test
  void countsWhoWatches() {
    ask(MULTIVARIANT, "X-Forwarded-For", "1.1.1.1");
    assertThat(edge.viewers().viewers("live", "cam")).isZero();
    ask(PLAYLIST, "X-Forwarded-For", "1.1.1.1");
    ask(SEGMENT, "X-Forwarded-For", "1.1.1.1");
    ask(SEGMENT, "X-Forwarded-For", "2.2.2.2");
    ask(SEGMENT + "?CMCD=sid%3D%22a%22", "X-Forwarded-For", "2.2.2.2");
    ask("/play/live/other/b/1/v/none.m4s", "X-Forwarded-For", "3.3.3.3");
    assertThat(edge.viewers().viewers("live", "cam")).isEqualTo(3);
    assertThat(edge.viewers().viewers("live", "other")).isZero();
  }

  @Test
  void aViewerWhoLeavesInTheMiddleOrReadsSlowlyDisturbsNobody() throws Exception {
    ask(SEGMENT);
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head = "GET " + SEGMENT + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      try (Socket leaving = new Socket(InetAddress.getLoopbackAddress(), port)) {
        leaving.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        assertThat(leaving.getInputStream().readNBytes(1000)).hasSize(1000);
      }
      assertThat(ask(SEGMENT).body().getBytes()).isEqualTo(media);
      byte[] all = slow.getInputStream().readAllBytes();
      assertThat(all.length).isGreaterThan(media.length);
      assertThat(java.util.Arrays.copyOfRange(all, all.length - media.length, all.length))
          .isEqualTo(media);
    }
  }

  private static final String GROWING = "/play/live/cam/b/1/v/7-1";

  private void growsBy(int part, String control) {
    byte[] bytes = java.util.Arrays.copyOfRange(media, part * 100_000, (part + 1) * 100_000);
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "video/iso.segment");
    headers.add("ETag", "\"part" + part + "\"").add("Cache-Control", control);
    UpstreamResponse answer = new UpstreamResponse(200, headers, Buffer.buffer(bytes));
    origin.put(GROWING + "." + part + ".m4s", answer);
    Promise<UpstreamResponse> waiting = held.remove(GROWING + "." + part + ".m4s");
    if (waiting != null) {
      waiting.complete(answer);
    }
  }

  private final Map<String, Promise<UpstreamResponse>> held = new ConcurrentHashMap<>();

  /** Of a segment that grows the next part is held until it is there. */
  private void holdsPart(int part) {
    String name = GROWING + "." + part + ".m4s";
    Upstream before = upstream;
    Promise<UpstreamResponse> promise = Promise.promise();
    held.put(name, promise);
    upstream =
        request ->
            request.path().equals(name) && held.containsKey(name)
                ? promise.future()
                : before.fetch(request);
  }

  @Test
  void aSegmentThatGrowsIsSentPartByPartToItsEndWithOneRequestForEach() {
    growsBy(0, "public, max-age=60");
    holdsPart(1);
    List<Buffer> chunks = new CopyOnWriteArrayList<>();
    Future<HttpClientResponse> answer =
        client
            .request(HttpMethod.GET, port, "127.0.0.1", GROWING + ".m4s")
            .compose(
                request -> request.send().onSuccess(response -> response.handler(chunks::add)));
    HttpClientResponse response = get(answer);
    Future<Answer> second = sent(HttpMethod.GET, GROWING + ".m4s");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.getHeader("transfer-encoding")).isEqualTo("chunked");
    assertThat(response.getHeader("content-type")).isEqualTo("video/iso.segment");
    assertThat(response.getHeader("etag")).isNull();
    await().until(() -> chunks.stream().mapToInt(Buffer::length).sum() == 100_000);

    Problem over = new Problem(404, "no-more-parts", "this segment is whole");
    origin.put(
        GROWING + ".2.m4s",
        response(404, Problem.MEDIA_TYPE, over.toJson().encode(), "public, max-age=1"));
    growsBy(1, "public, max-age=60");
    get(response.end());
    byte[] whole = java.util.Arrays.copyOf(media, 200_000);
    Buffer all = Buffer.buffer();
    chunks.forEach(all::appendBuffer);
    assertThat(all.getBytes()).isEqualTo(whole);
    assertThat(get(second).body().getBytes()).isEqualTo(whole);
    assertThat(asked.stream().filter(request -> request.path().endsWith("7-1.1.m4s"))).hasSize(1);
    assertThat(edge.viewers().viewers("live", "cam")).isEqualTo(1);

    Answer head = get(sent(HttpMethod.HEAD, GROWING + ".m4s"));
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("content-type")).isEqualTo("video/iso.segment");
  }

  /** A cache or a player is not to take what there is for the whole. */
  @Test
  void aSegmentOfWhichAPartIsLostIsCutOff() {
    growsBy(0, "public, max-age=60");
    assertThat(sent(HttpMethod.GET, GROWING + ".m4s").toCompletionStage().toCompletableFuture())
        .failsWithin(Duration.ofSeconds(30));
    // Nothing of it at all is what it was before.
    assertThat(ask("/play/live/cam/b/1/v/8-1.m4s").status()).isEqualTo(404);
  }

  @Test
  void aBrowserIsToldTheOriginsProblemAsAPage() {
    Problem offline = new Problem(404, "stream-not-found", "there is no stream <live/off>");
    origin.put(
        "/play/live/off/index.m3u8",
        response(404, Problem.MEDIA_TYPE, offline.toJson().encode(), "max-age=1"));
    Answer player = ask("/play/live/off/index.m3u8", "Accept", "*/*");
    assertThat(player.header("content-type")).isEqualTo(Problem.MEDIA_TYPE);
    Answer page = ask("/play/live/off/index.m3u8", "Accept", "text/html,*/*;q=0.8");
    assertThat(page.status()).isEqualTo(404);
    assertThat(page.header("content-type")).startsWith("text/html");
    assertThat(page.header("cache-control")).isEqualTo("max-age=1");
    assertThat(page.headers().getAll("vary")).contains("accept");
    assertThat(page.header("etag")).isNull();
    assertThat(page.body().toString())
        .contains("Stream not found", "there is no stream &lt;live/off&gt;");
    // What is no problem of ours stays as it is.
    assertThat(ask("/play/live/cam/b/1/v/none.m4s", "Accept", "text/html").header("content-type"))
        .isEqualTo(Problem.MEDIA_TYPE);
  }

  @Test
  void answersForAnOriginThatDoesNot() {
    upstream = request -> Future.failedFuture(new TimeoutException());
    assertThat(ask("/play/live/cam/never").status()).isEqualTo(504);
    upstream = request -> Future.failedFuture(new OriginRefusesException());
    assertThat(ask("/play/live/cam/refused").status())
        .as("that this edge has the wrong secret is no viewer's fault")
        .isEqualTo(502);
    URI proxy = URI.create("http://127.0.0.1");
    upstream = request -> Future.failedFuture(OriginUnreachableException.forbidden(proxy));
    assertThat(ask("/play/live/cam/strange").status()).isEqualTo(502);
  }
}

package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.config.Configuration;
import io.millrace.http.HttpConfig;
import io.millrace.http.HttpListener;
import io.millrace.http.HttpMetrics;
import io.millrace.http.SelfSignedCertificate;
import io.millrace.http.TrustedProxies;
import io.millrace.testkit.Seeds;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory outside the heap, under viewers of every kind and a cache that is far too small. */
final class EdgeMemoryTest {
  private static final int OBJECTS = 40;
  private static final int OBJECT_BYTES = 512 << 10;
  private static final long CACHE_BYTES = 4 << 20;
  private static final int VIEWERS = 240;

  private final Vertx vertx = Vertx.vertx();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final List<Socket> open = new ArrayList<>();
  private final long usedBefore = used();
  private EdgeMount edge;
  private HttpListener listener;
  private HttpClient plain;
  private HttpClient http2;

  @TempDir Path directory;

  @BeforeEach
  void open() throws IOException {
    EdgeConfig config =
        new EdgeConfig(
            CACHE_BYTES,
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30));
    edge =
        new EdgeMount(
            vertx,
            config,
            EdgeMemoryTest::object,
            attempt -> Future.succeededFuture(new PlayDecision.Allowed()),
            TrustedProxies.NONE,
            new EdgeMetrics(registry),
            InstantSource.system());
    HttpConfig http =
        HttpConfig.read(
                new Configuration(
                        Map.of(
                            "http",
                            Map.of("host", "127.0.0.1", "port", 0, "tls", Map.of("port", 0))),
                        Map.of(),
                        Map.of())
                    .root()
                    .section("http"))
            .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now()));
    listener =
        get(HttpListener.open(vertx, http, List.of(edge.mount()), new HttpMetrics(registry), 2));
    plain = vertx.createHttpClient();
    http2 =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setTrustAll(true)
                .setVerifyHost(false));
  }

  @AfterEach
  void close() throws Exception {
    edge.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private static Future<UpstreamResponse> object(UpstreamRequest request) {
    if (request.path().endsWith("broken.m4s")) {
      return Future.succeededFuture(
          new UpstreamResponse(
              200,
              MultiMap.caseInsensitiveMultiMap().add("X-Broken", "one\r\ntwo"),
              Buffer.buffer(new byte[OBJECT_BYTES])));
    }
    return Future.succeededFuture(
        new UpstreamResponse(
            200,
            MultiMap.caseInsensitiveMultiMap()
                .add("Content-Type", "video/mp4")
                .add("Cache-Control", "public, max-age=3600"),
            Buffer.buffer(new byte[OBJECT_BYTES])));
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static long used() {
    return UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  private long cached() {
    return registry.scrape().stream()
        .filter(meter -> meter.getMetadata().getName().equals("millrace_edge_cached_bytes"))
        .mapToLong(meter -> (long) ((GaugeSnapshot) meter).getDataPoints().getFirst().getValue())
        .sum();
  }

  private static String path(RandomGenerator random) {
    return "/play/live/cam/b/1/v/" + random.nextInt(OBJECTS) + ".m4s";
  }

  @Test
  void isGivenBackWhateverViewersDoAndWhateverIsEvicted() throws Exception {
    RandomGenerator random = Seeds.random(1);
    for (int viewer = 0; viewer < VIEWERS; viewer++) {
      String path = path(random);
      switch (random.nextInt(6)) {
        case 0 -> reads(plain, listener.port(), path);
        case 1 -> reads(http2, listener.tlsPort().orElseThrow(), path);
        case 2 -> resetsTheStream(path);
        case 3 -> leavesItsConnection(path, random.nextBoolean());
        case 4 -> readsNothing(path);
        default -> head(path);
      }
    }
    assertThat(used() - usedBefore).isPositive();
    for (Socket socket : open) {
      socket.close();
    }
    get(http2.close());
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(used() - usedBefore).isBetween(1L, cached()));
    assertThat(cached()).isLessThanOrEqualTo(CACHE_BYTES);
  }

  @Test
  void isGivenBackWhenAnAnswerCannotBeWritten() {
    int status =
        get(
            plain
                .request(
                    HttpMethod.GET, listener.port(), "127.0.0.1", "/play/live/cam/b/1/v/broken.m4s")
                .compose(
                    request ->
                        request
                            .send()
                            .compose(
                                response -> response.end().map(end -> response.statusCode()))));
    assertThat(status).isEqualTo(500);
    await().untilAsserted(() -> assertThat(used() - usedBefore).isZero());
  }

  private static void reads(HttpClient client, int port, String path) {
    Buffer body =
        get(
            client
                .request(HttpMethod.GET, port, "127.0.0.1", path)
                // Inside: from this thread the body would be asked for when it has gone by.
                .compose(request -> request.send().compose(HttpClientResponse::body)));
    assertThat(body.length()).isEqualTo(OBJECT_BYTES);
  }

  private void head(String path) {
    get(
        plain
            .request(HttpMethod.HEAD, listener.port(), "127.0.0.1", path)
            .compose(request -> request.send().compose(HttpClientResponse::end)));
  }

  private void resetsTheStream(String path) {
    get(
        http2
            .request(HttpMethod.GET, listener.tlsPort().orElseThrow(), "127.0.0.1", path)
            .compose(
                request ->
                    request
                        .send()
                        .map(
                            response -> {
                              response.exceptionHandler(reset -> {}).pause();
                              request.reset();
                              return true;
                            })));
  }

  /** Reads a little, then closes: abruptly, or as TCP does it. */
  private void leavesItsConnection(String path, boolean abruptly) throws IOException {
    Socket socket = ask(path);
    assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
    if (abruptly) {
      socket.setSoLinger(true, 0);
    }
    socket.close();
  }

  /** Stays until the end of the test, with an answer that it never takes. */
  private void readsNothing(String path) throws IOException {
    open.add(ask(path));
  }

  private Socket ask(String path) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(
        new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}

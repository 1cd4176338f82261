package io.millrace.http;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.net.NetClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A listener with some mounts, clients for it, and a look at its counters. */
class ListenerForTest {
  static final HttpConfig.Limits LIMITS =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          50);
  static final HttpConfig.Limits IMPATIENT =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofSeconds(5),
          50);

  /** With bodies only: a handshake and a head have their time. */
  static final HttpConfig.Limits IMPATIENT_WITH_BODIES =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofSeconds(20),
          Duration.ofMillis(300),
          Duration.ofSeconds(20),
          50);

  static final HttpConfig.Limits ONE_CONNECTION =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          1);

  /** More than the buffers of a socket hold. */
  static final Buffer LARGE = Buffer.buffer(new byte[16 << 20]);

  final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  // Held here: Vert.x closes the connections of a client that nobody refers to.
  final HttpClient plainClient = vertx.createHttpClient();
  final HttpClient tlsClient =
      vertx.createHttpClient(
          new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
  final HttpClient http2Client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setSsl(true)
              .setUseAlpn(true)
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setTrustAll(true)
              .setVerifyHost(false));
  final NetClient drips = vertx.createNetClient();
  final WebSocketClient webSockets = vertx.createWebSocketClient();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final HttpMetrics metrics = new HttpMetrics(registry);
  final Promise<HttpServerRequest> held = Promise.promise();

  /** Somebody has asked for what is large. */
  final Promise<Void> asked = Promise.promise();

  final List<Mount> mounts =
      List.of(
          new Mount("/hello", request -> request.response().end("hello " + request.version())),
          new Mount(
              "/broken",
              request -> {
                throw new IllegalStateException("a secret");
              }),
          new Mount("/held", held::tryComplete),
          new Mount(
              "/large",
              request -> {
                asked.tryComplete();
                sendWithoutEnd(request);
              }),
          new Mount(
              "/direct",
              request ->
                  request
                      .response()
                      .end("" + TrustedProxies.NONE.clientOf(request).isThisMachine())),
          new Mount("/socket", HttpServerRequest::toWebSocket),
          Mount.ofUploads("/upload", ListenerForTest::countBytes),
          new Mount(
              "/echo",
              request ->
                  RequestBody.read(request, 1000)
                      .onSuccess(request.response()::end)
                      .onFailure(
                          failure ->
                              Problems.send(
                                  request, new Problem(413, "too-large", failure.getMessage())))));

  @TempDir Path directory;

  @AfterEach
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  /** Tells how long the body was; of one that waits to be asked for it wants nothing. */
  private static void countBytes(HttpServerRequest request) {
    if (request.headers().contains("Expect")) {
      request.response().end("no");
      return;
    }
    AtomicLong bytes = new AtomicLong();
    request.handler(chunk -> bytes.addAndGet(chunk.length()));
    request.endHandler(end -> request.response().end("got " + bytes));
  }

  /** Writes as long as the client takes it. */
  private static void sendWithoutEnd(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (!response.headWritten()) {
      response.setChunked(true);
    }
    while (!response.writeQueueFull()) {
      if (response.bytesWritten() >= LARGE.length()) {
        return;
      }
      response.write(LARGE.slice(0, 64 << 10));
    }
    response.drainHandler(drained -> sendWithoutEnd(request));
  }

  static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  static HttpConfig config(HttpConfig.Limits limits) {
    return new HttpConfig(
        "http", "127.0.0.1", 0, 0, Optional.empty(), limits, false, TrustedProxies.NONE);
  }

  HttpListener open(HttpConfig config) {
    return get(HttpListener.open(vertx, config, mounts, metrics, 2));
  }

  record Answer(int status, String type, String body, HttpClientResponse response) {}

  Answer ask(HttpClient client, int port, HttpMethod method, String path, Buffer body) {
    return get(
        client
            .request(method, port, "127.0.0.1", path)
            // Inside: from this thread the body would be asked for when it has gone by.
            .compose(request -> request.send(body).compose(ListenerForTest::whole)));
  }

  private static Future<Answer> whole(HttpClientResponse response) {
    return response
        .body()
        .map(
            body ->
                new Answer(
                    response.statusCode(),
                    response.getHeader("content-type"),
                    body.toString(),
                    response));
  }

  Answer ask(int port, String path) {
    return ask(plainClient, port, HttpMethod.GET, path, Buffer.buffer());
  }

  double counted(String reason) {
    return registry.scrape().stream()
        .filter(snapshot -> snapshot.getMetadata().getName().equals("millrace_http_refused"))
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> reason.equals(point.getLabels().get("reason")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  /** Sends raw bytes and reads until the server closes. */
  static String raw(int port, String bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      try {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (java.net.SocketException reset) {
        return "";
      }
    }
  }

  static HttpConfig.Limits quick() {
    return new HttpConfig.Limits(
        1024,
        2048,
        1000,
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        Duration.ofMillis(1500),
        50);
  }
}

package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpListenerTest {
  private static final HttpConfig.Limits LIMITS =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          50);
  private static final HttpConfig.Limits IMPATIENT =
      new HttpConfig.Limits(
          1024,
          2048,
          1000,
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofSeconds(5),
          50);

  /** More than the buffers of a socket hold. */
  private static final Buffer LARGE = Buffer.buffer(new byte[16 << 20]);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  // Held here: Vert.x closes the connections of a client that nobody refers to.
  private final HttpClient plainClient = vertx.createHttpClient();
  private final HttpClient tlsClient =
      vertx.createHttpClient(
          new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
  private final HttpClient http2Client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setSsl(true)
              .setUseAlpn(true)
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setTrustAll(true)
              .setVerifyHost(false));
  private final WebSocketClient webSockets = vertx.createWebSocketClient();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final HttpMetrics metrics = new HttpMetrics(registry);
  private final Promise<HttpServerRequest> held = Promise.promise();
  private final List<Mount> mounts =
      List.of(
          new Mount("/hello", request -> request.response().end("hello " + request.version())),
          new Mount(
              "/broken",
              request -> {
                throw new IllegalStateException("a secret");
              }),
          new Mount("/held", held::tryComplete),
          new Mount("/large", HttpListenerTest::sendWithoutEnd),
          new Mount(
              "/direct",
              request ->
                  request
                      .response()
                      .end("" + TrustedProxies.NONE.clientOf(request).isThisMachine())),
          new Mount("/socket", HttpServerRequest::toWebSocket),
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
    vertx.close().await(10, TimeUnit.SECONDS);
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

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static HttpConfig config(HttpConfig.Limits limits) {
    return new HttpConfig(
        "http", "127.0.0.1", 0, 0, Optional.empty(), limits, false, TrustedProxies.NONE);
  }

  private HttpListener open(HttpConfig config) {
    return get(HttpListener.open(vertx, config, mounts, metrics, 2));
  }

  private record Answer(int status, String type, String body, HttpClientResponse response) {}

  private Answer ask(HttpClient client, int port, HttpMethod method, String path, Buffer body) {
    return get(
        client
            .request(method, port, "127.0.0.1", path)
            .compose(request -> request.send(body))
            .compose(
                response ->
                    response
                        .body()
                        .map(
                            b ->
                                new Answer(
                                    response.statusCode(),
                                    response.getHeader("content-type"),
                                    b.toString(),
                                    response))));
  }

  private Answer ask(int port, String path) {
    return ask(plainClient, port, HttpMethod.GET, path, Buffer.buffer());
  }

  private double counted(String reason) {
    return registry.scrape().stream()
        .filter(snapshot -> snapshot.getMetadata().getName().equals("millrace_http_refused"))
        .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
        .filter(point -> reason.equals(point.getLabels().get("reason")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  /** Sends raw bytes and reads until the server closes. */
  private static String raw(int port, String bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(8000);
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

  @Test
  void givesRequestsToTheirMounts() {
    HttpListener listener = open(config(LIMITS));
    Answer answer = ask(listener.port(), "/hello/there");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello HTTP_1_1");
    assertThat(answer.response().getHeader("x-content-type-options")).isEqualTo("nosniff");
    assertThat(HttpDate.parse(answer.response().getHeader("date"))).isPresent();
    assertThat(listener.tlsPort()).isEmpty();
  }

  @Test
  void answersProblemDocumentsWhereNothingIsServed() {
    Answer answer = ask(open(config(LIMITS)).port(), "/nothing");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.type()).isEqualTo("application/problem+json");
    assertThat(new JsonObject(answer.body()).getString("type"))
        .isEqualTo("urn:millrace:problem:not-found");
  }

  @Test
  void keepsTheInsideOfAFailureInside() {
    Answer answer = ask(open(config(LIMITS)).port(), "/broken");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).contains("internal-error").doesNotContain("secret", "Exception");
  }

  @Test
  void refusesPathsThatClimb() throws IOException {
    int port = open(config(LIMITS)).port();
    assertThat(raw(port, "GET /play/%2e%2E/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .contains(" 400 ");
  }

  @Test
  void refusesGarbage() throws IOException {
    int port = open(config(LIMITS)).port();
    assertThat(raw(port, "\u0003\u0000\u0000garbage\u00ff\r\n\r\n")).contains(" 400 ");
    assertThat(counted("malformed")).isEqualTo(1);
    assertThat(ask(port, "/hello").status()).isEqualTo(200);
  }

  @Test
  void refusesLongAddressesAndHeaders() throws IOException {
    int port = open(config(LIMITS)).port();
    assertThat(raw(port, "GET /" + "a".repeat(2000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .contains(" 414 ");
    assertThat(raw(port, "GET / HTTP/1.1\r\nHost: " + "a".repeat(4000) + "\r\n\r\n"))
        .contains(" 431 ");
    assertThat(counted("uri-too-long")).isEqualTo(1);
    assertThat(counted("headers-too-large")).isEqualTo(1);
  }

  @Test
  void refusesLongBodiesAnnouncedOrNot() throws IOException {
    int port = open(config(LIMITS)).port();
    Buffer body = Buffer.buffer("x".repeat(1001));
    assertThat(ask(plainClient, port, HttpMethod.POST, "/echo", body).status()).isEqualTo(413);
    assertThat(
            raw(
                port,
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3e9\r\n"
                    + "x".repeat(1001)
                    + "\r\n0\r\n\r\n"))
        .contains(" 413 ");
    assertThat(ask(plainClient, port, HttpMethod.POST, "/echo", body.slice(0, 1000)).body())
        .hasSize(1000);
  }

  @Test
  void closesConnectionsThatSendTheirHeadTooSlowly() throws Exception {
    int port = open(config(IMPATIENT)).port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Thread drip =
          Thread.startVirtualThread(
              () -> {
                try {
                  OutputStream out = socket.getOutputStream();
                  out.write("GET /hello HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                  for (int i = 0; i < 400; i++) {
                    out.write('a');
                    Thread.sleep(20);
                  }
                } catch (IOException | InterruptedException cut) {
                  // The server has closed it.
                }
              });
      socket.setSoTimeout(8000);
      int first;
      try {
        first = socket.getInputStream().read();
      } catch (java.net.SocketException reset) {
        first = -1;
      }
      assertThat(first).isEqualTo(-1);
      drip.interrupt();
    }
    assertThat(counted("header-timeout")).isEqualTo(1);
  }

  @Test
  void closesConnectionsThatSendNothing() throws IOException {
    HttpListener listener = open(config(IMPATIENT));
    assertThat(raw(listener.port(), "")).isEmpty();
    await().until(() -> listener.connections() == 0);
    assertThat(counted("header-timeout")).isEqualTo(1);
  }

  @Test
  void cutsBodiesThatTrickle() throws IOException {
    int port = open(config(IMPATIENT)).port();
    assertThat(raw(port, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"))
        .contains(" 408 ");
    assertThat(counted("body-timeout")).isEqualTo(1);
  }

  @Test
  void closesConnectionsOverTheLimit() throws IOException {
    HttpListener listener =
        open(
            config(
                new HttpConfig.Limits(
                    1024,
                    2048,
                    1000,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    1)));
    try (Socket first = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      assertThat(first.isConnected()).isTrue();
      await().until(() -> listener.connections() == 1);
      assertThat(raw(listener.port(), "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")).isEmpty();
    }
    await().until(() -> listener.connections() == 0);
    assertThat(counted("too-many-connections")).isEqualTo(1);
    assertThat(ask(listener.port(), "/hello").status()).isEqualTo(200);
  }

  @Test
  void countsAWebSocketAsAConnectionUntilItCloses() {
    HttpListener listener = open(config(LIMITS));
    var socket = get(webSockets.connect(listener.port(), "127.0.0.1", "/socket"));
    assertThat(listener.connections()).isEqualTo(1);
    get(socket.close());
    await().until(() -> listener.connections() == 0);
  }

  @Test
  void leavesAWebSocketOpenThatIsInUse() {
    HttpListener listener =
        open(
            config(
                new HttpConfig.Limits(
                    1024,
                    2048,
                    1000,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(500),
                    50)));
    var socket = get(webSockets.connect(listener.port(), "127.0.0.1", "/socket"));
    AtomicInteger pongs = new AtomicInteger();
    socket.pongHandler(pong -> pongs.incrementAndGet());
    vertx.setPeriodic(50, timer -> socket.writePing(Buffer.buffer("x")));
    await().until(() -> pongs.get() >= 20);
    assertThat(listener.connections()).isEqualTo(1);
  }

  @Test
  void saysWhichKeyHasAPortThatIsInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HttpConfig config =
          new HttpConfig(
              "http",
              "127.0.0.1",
              taken.getLocalPort(),
              0,
              Optional.empty(),
              IMPATIENT,
              false,
              TrustedProxies.NONE);
      Throwable failure =
          org.assertj.core.api.Assertions.catchThrowable(
              () -> get(HttpListener.open(vertx, config, mounts, metrics, 2)));
      assertThat(failure).isInstanceOf(CompletionException.class);
      assertThat(failure.getCause())
          .isInstanceOf(ListenException.class)
          .hasMessageContaining(
              "http.port: port " + taken.getLocalPort() + " on 127.0.0.1 is in use");
    }
  }

  /** HLS H6. */
  @Test
  void speaksHttp2OverTls() throws IOException {
    HttpListener listener =
        open(
            config(LIMITS).withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    int port = listener.tlsPort().orElseThrow();
    assertThat(ask(http2Client, port, HttpMethod.GET, "/hello", Buffer.buffer()).body())
        .isEqualTo("hello HTTP_2");
    assertThat(ask(http2Client, port, HttpMethod.GET, "/none", Buffer.buffer()).status())
        .isEqualTo(404);
    assertThat(ask(tlsClient, port, HttpMethod.GET, "/hello", Buffer.buffer()).body())
        .isEqualTo("hello HTTP_1_1");
    assertThat(ask(listener.port(), "/hello").body()).isEqualTo("hello HTTP_1_1");
  }

  @Test
  void cutsHttp2BodiesThatTrickleWithoutALength() throws IOException {
    HttpListener listener =
        open(
            config(IMPATIENT)
                .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    HttpClientRequest request =
        get(
            http2Client.request(
                HttpMethod.POST, listener.tlsPort().orElseThrow(), "127.0.0.1", "/echo"));
    request.write("a");
    assertThat(get(request.response()).statusCode()).isEqualTo(408);
    assertThat(counted("body-timeout")).isEqualTo(1);
  }

  private HttpConfig.Limits quick() {
    return new HttpConfig.Limits(
        1024, 2048, 1000, Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMillis(600), 50);
  }

  @Test
  void closesAConnectionThatTakesNothingOfItsAnswer() throws IOException {
    HttpListener listener = open(config(quick()));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
      socket
          .getOutputStream()
          .write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      await().until(() -> listener.connections() == 1);
      await().until(() -> listener.connections() == 0);
    }
  }

  @Test
  void resetsAnHttp2StreamThatTakesNothingHoweverBusyItsConnectionIs() throws IOException {
    HttpListener listener =
        open(
            config(quick())
                .withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    HttpClientRequest request =
        get(
            http2Client.request(
                HttpMethod.GET, listener.tlsPort().orElseThrow(), "127.0.0.1", "/large"));
    get(request.send().map(response -> response.exceptionHandler(reset -> {}).pause()));
    vertx.setPeriodic(50, timer -> request.connection().ping(Buffer.buffer("12345678")));
    await().until(() -> counted("stalled") == 1);
    assertThat(listener.connections()).isEqualTo(1);
  }

  @Test
  void doesNotTakeAForwardedRequestForOneOfThisMachine() throws IOException {
    int port = open(config(LIMITS)).port();
    String head = "GET /direct HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    assertThat(raw(port, head + "\r\n")).endsWith("true");
    assertThat(raw(port, head + "Via: 1.1 proxy\r\n\r\n")).endsWith("false");
    assertThat(raw(port, head + "X-Real-IP: 127.0.0.1\r\n\r\n")).endsWith("false");
  }

  @Test
  void doesNotTakeWhatAProxyHeaderSaysForThisMachine() throws IOException {
    HttpConfig config =
        new HttpConfig(
            "http", "127.0.0.1", 0, 0, Optional.empty(), LIMITS, true, TrustedProxies.NONE);
    assertThat(
            raw(
                open(config).port(),
                "PROXY TCP4 127.0.0.1 127.0.0.1 4711 80\r\nGET /direct HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .endsWith("false");
  }

  @Test
  void refusesWhatTwoReadersCouldFrameDifferently() throws IOException {
    int port = open(config(LIMITS)).port();
    String head = "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    String smuggled = "0\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    assertThat(raw(port, head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"))
        .contains(" 400 ");
    assertThat(raw(port, head + "Content-Length: +5\r\n\r\nhello")).contains(" 400 ");
    assertThat(raw(port, head + "Transfer-Encoding : chunked\r\n\r\n" + smuggled))
        .contains(" 400 ");
    assertThat(
            raw(port, head + "Content-Length: 43\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled))
        .doesNotContain("hello HTTP_1_1");
  }

  @Test
  void countsGarbageOnTheTlsPort() throws IOException {
    HttpListener listener =
        open(
            config(LIMITS).withCertificate(SelfSignedCertificate.keptIn(directory, Instant.now())));
    raw(listener.tlsPort().orElseThrow(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await().until(() -> counted("connection-failed") >= 1);
  }

  @Test
  void takesAChangedCertificateAndKeepsTheOldOneWhenTheNewOneIsBroken() throws Exception {
    CertificateFiles files = SelfSignedCertificate.keptIn(directory.resolve("a"), Instant.now());
    CertificateFiles other = SelfSignedCertificate.keptIn(directory.resolve("b"), Instant.now());
    HttpListener listener = open(config(LIMITS).withCertificate(files));
    X509Certificate first = presented(listener);
    assertThat(first).isEqualTo(files.load().leaf());

    Files.copy(other.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(files.certificate(), FileTime.from(Instant.now().plusSeconds(9)));
    assertThat(
            listener
                .reloadCertificate()
                .toCompletionStage()
                .toCompletableFuture()
                .handle((v, failure) -> failure)
                .get(10, TimeUnit.SECONDS))
        .hasMessageContaining("is not the key");
    assertThat(presented(listener)).isEqualTo(first);

    Files.copy(other.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    get(listener.reloadCertificate());
    assertThat(presented(listener)).isEqualTo(other.load().leaf());
  }

  private X509Certificate presented(HttpListener listener) throws Exception {
    // A client of its own, so that no connection with the certificate before is taken again.
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
    HttpClientRequest request =
        get(
            client.request(
                HttpMethod.GET, listener.tlsPort().orElseThrow(), "127.0.0.1", "/hello"));
    X509Certificate certificate =
        (X509Certificate) request.connection().sslSession().getPeerCertificates()[0];
    get(request.send().compose(HttpClientResponse::body));
    get(client.close());
    return certificate;
  }

  @Test
  void finishesRequestsInHandWhenItCloses() {
    HttpListener listener = open(config(LIMITS));
    Future<Integer> answer =
        plainClient
            .request(HttpMethod.GET, listener.port(), "127.0.0.1", "/held")
            .compose(HttpClientRequest::send)
            .map(HttpClientResponse::statusCode);
    HttpServerRequest request = get(held.future());
    Future<Void> closed = listener.close(Duration.ofSeconds(5));
    request.response().setStatusCode(202).end();
    assertThat(get(answer)).isEqualTo(202);
    get(closed);
  }

  @Test
  void readsTheAddressBehindAProxyProtocolHeader() throws IOException {
    List<Mount> peer =
        List.of(
            new Mount(
                "/",
                request -> request.response().end(TrustedProxies.NONE.clientOf(request).host())));
    HttpConfig plain = config(LIMITS);
    HttpConfig config =
        new HttpConfig(
            "http", "127.0.0.1", 0, 0, Optional.empty(), LIMITS, true, plain.trustedProxies());
    HttpListener listener = get(HttpListener.open(vertx, config, peer, metrics, 1));
    assertThat(
            raw(
                listener.port(),
                "PROXY TCP4 203.0.113.7 127.0.0.1 4711 80\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .endsWith("203.0.113.7");
  }
}

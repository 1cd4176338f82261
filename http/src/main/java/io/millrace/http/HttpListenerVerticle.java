package io.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's share of a listener: opens its ports and gives each request that {@link
 * RequestRules} let through to its mount. Everything here but the ports belongs to that loop.
 */
final class HttpListenerVerticle extends VerticleBase {
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpListenerVerticle.class);
  private static final long SWEEP_MILLIS = 1000;

  private final HttpListener.Shared shared;
  private final HttpConfig.Limits limits;
  private final RequestRules rules;
  private final CommonHeaders commonHeaders;

  @SuppressWarnings("NullAway.Init") // with the verticle's start
  private OpenConnections open;

  private @Nullable HttpServer plain;
  private @Nullable HttpServer tls;

  HttpListenerVerticle(HttpListener.Shared shared) {
    this.shared = shared;
    this.limits = shared.config().limits();
    this.rules = new RequestRules(shared.config(), shared.vouchedFor());
    this.commonHeaders = new CommonHeaders(shared.vouchedFor());
  }

  @Override
  public Future<?> start() {
    HttpConfig config = shared.config();
    open = new OpenConnections(vertx, limits, shared.connections(), shared.metrics());
    long sweep = Math.clamp(limits.headerTimeout().toMillis() / 4, 20, SWEEP_MILLIS);
    vertx.setPeriodic(sweep, timer -> open.sweep(millis()));
    plain = server(vertx.createHttpServer(options()));
    Future<HttpServer> listening =
        listen(
            plain, config.port() == 0 ? shared.freePort() : config.port(), ".port", config.port());
    if (shared.tls().isPresent()) {
      tls = server(vertx.createHttpServer(tlsOptions(shared.tls().get())));
      HttpServer second = tls;
      listening =
          listening.compose(
              first ->
                  listen(
                      second,
                      config.tlsPort() == 0 ? shared.freePort() - 1 : config.tlsPort(),
                      ".tls.port",
                      config.tlsPort()));
    }
    return listening.onSuccess(all -> shared.instances().add(this));
  }

  int port() {
    return plain == null ? 0 : plain.actualPort();
  }

  OptionalInt tlsPort() {
    return tls == null ? OptionalInt.empty() : OptionalInt.of(tls.actualPort());
  }

  /** Ends what is in hand; from any thread. */
  Future<?> drain(Duration atMost) {
    return Future.join(
        plain == null ? Future.succeededFuture() : plain.shutdown(atMost),
        tls == null ? Future.succeededFuture() : tls.shutdown(atMost));
  }

  /** Serves new connections of every instance with this certificate; from any thread. */
  Future<Boolean> useCertificate(ServerSSLOptions options) {
    return tls == null ? Future.succeededFuture(false) : tls.updateSSLOptions(options, true);
  }

  private HttpServerOptions options() {
    Duration idle = limits.idleTimeout();
    return new HttpServerOptions()
        .setHost(shared.config().host())
        .setMaxInitialLineLength(limits.uriBytes())
        .setMaxHeaderSize(limits.headerBytes())
        .setInitialSettings(
            new Http2Settings()
                .setMaxHeaderListSize(limits.headerBytes())
                .setMaxConcurrentStreams(100))
        .setIdleTimeout(Math.toIntExact(idle.toMillis()))
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        // With HTTP/2 on a plain port Vert.x 5.1 watches no connection before its first bytes.
        .setHttp2ClearTextEnabled(false)
        .setUseProxyProtocol(shared.config().proxyProtocol())
        .setProxyProtocolTimeout(limits.headerTimeout().toMillis())
        .setProxyProtocolTimeoutUnit(TimeUnit.MILLISECONDS)
        .setTcpNoDelay(true)
        .setAcceptBacklog(1024)
        .setWebSocketSubProtocols(shared.mounts().subprotocols())
        .setMaxWebSocketFrameSize(webSocketBytes())
        .setMaxWebSocketMessageSize(webSocketBytes())
        // What is sent to many is encoded once, which a compressor with a window each undoes.
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false);
  }

  /**
   * A frame is no longer than a body may be, with room for how a door encodes it, or than a door
   * says; that one is a little longer than the door's bound, so that the door's own words are
   * heard.
   */
  private int webSocketBytes() {
    long door = shared.mounts().webSocketBytes();
    return Math.clamp(Math.max(2 * limits.bodyBytes(), door + (1 << 16)), 1 << 16, 1 << 30);
  }

  private HttpServerOptions tlsOptions(ServerSSLOptions tls) {
    return options()
        .setSsl(true)
        .setUseAlpn(true)
        .setSslEngineOptions(new CountedTls(shared.connections()))
        .setKeyCertOptions(tls.getKeyCertOptions())
        .setSslHandshakeTimeout(limits.headerTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
  }

  private HttpServer server(HttpServer server) {
    return server
        .connectionHandler(connection -> open.add(connection, millis()))
        .requestHandler(this::requested)
        .invalidRequestHandler(request -> refuse(request, rules.malformed(request)))
        .exceptionHandler(failure -> shared.metrics().refused("connection-failed"));
  }

  private Future<HttpServer> listen(HttpServer server, int port, String key, int shown) {
    String host = shared.config().host();
    return server
        .listen(port, host)
        .recover(
            failure ->
                Future.failedFuture(
                    ListenException.of(shared.config().path() + key, host, shown, failure)));
  }

  private void requested(HttpServerRequest request) {
    OpenConnection connection = open.find(request.connection());
    if (connection == null) {
      request.connection().close();
      return;
    }
    String path = request.path();
    Optional<Mount> mount = path == null ? Optional.empty() : shared.mounts().find(path);
    boolean ownBodies = mount.filter(Mount::ownBodies).isPresent();
    Exchange exchange =
        new Exchange(
            request,
            mount.map(Mount::prefix).orElse(HttpMetrics.NO_MOUNT),
            System.nanoTime(),
            ownBodies ? Long.MAX_VALUE : rules.bodyDeadline(request, millis()),
            new AnswerProgress());
    connection.begin(exchange);
    request.response().endHandler(end -> connection.end(exchange, shared.metrics(), millis()));
    request.response().closeHandler(end -> connection.end(exchange, shared.metrics(), millis()));
    commonHeaders.set(request, Instant.now());
    Optional<RequestRules.Refusal> refusal = rules.refusal(request, tlsPort(), ownBodies);
    if (refusal.isPresent()) {
      refuse(request, refusal.get());
    } else if (mount.isEmpty()) {
      Problems.send(request, Problems.notFound());
    } else {
      if (!ownBodies && request.headers().contains(HttpHeaders.EXPECT, "100-continue", true)) {
        request.response().writeContinue();
      }
      handle(request, mount.get());
    }
  }

  private void refuse(HttpServerRequest request, RequestRules.Refusal refusal) {
    shared.metrics().refused(refusal.reason());
    if (refusal.isLast()) {
      LastAnswer.send(vertx, request, refusal.problem());
    } else {
      Problems.send(request, refusal.problem());
    }
  }

  private void handle(HttpServerRequest request, Mount mount) {
    try {
      mount.handler().handle(request);
    } catch (RuntimeException e) {
      LOGGER
          .atError()
          .addKeyValue("mount", mount.prefix())
          .addKeyValue("path", request.path())
          .setCause(e)
          .log("request handler failed");
      Problems.send(request, Problems.internalError());
    }
  }

  private static long millis() {
    return System.nanoTime() / 1_000_000;
  }
}

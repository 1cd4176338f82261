package io.millrace.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's share of a listener: opens its ports, looks at each request and gives it to its
 * mount. Everything here but the ports belongs to that loop.
 */
final class HttpListenerVerticle extends VerticleBase {
  private static final Logger LOGGER = LoggerFactory.getLogger(HttpListenerVerticle.class);
  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence X_CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("x-content-type-options");
  private static final CharSequence REFERRER_POLICY =
      HttpHeaders.createOptimized("referrer-policy");
  private static final CharSequence STRICT_ORIGIN =
      HttpHeaders.createOptimized("strict-origin-when-cross-origin");
  private static final int HTTPS_PORT = 443;
  private static final CharSequence STRICT_TRANSPORT_SECURITY =
      HttpHeaders.createOptimized("strict-transport-security");
  private static final CharSequence A_MONTH = HttpHeaders.createOptimized("max-age=2592000");
  private static final Set<HttpMethod> BODIES =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);
  private static final long SWEEP_MILLIS = 1000;

  private final HttpListener.Shared shared;
  private final HttpConfig.Limits limits;

  @SuppressWarnings("NullAway.Init") // with the verticle's start
  private OpenConnections open;

  private @Nullable HttpServer plain;
  private @Nullable HttpServer tls;
  private long dateSecond;
  private CharSequence date = "";

  HttpListenerVerticle(HttpListener.Shared shared) {
    this.shared = shared;
    this.limits = shared.config().limits();
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
        .setHandle100ContinueAutomatically(true)
        .setTcpNoDelay(true)
        .setAcceptBacklog(1024);
  }

  private HttpServerOptions tlsOptions(ServerSSLOptions tls) {
    return options()
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(tls.getKeyCertOptions())
        .setSslHandshakeTimeout(limits.headerTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
  }

  private HttpServer server(HttpServer server) {
    return server
        .connectionHandler(connection -> open.add(connection, millis()))
        .requestHandler(this::requested)
        .invalidRequestHandler(this::malformed)
        .exceptionHandler(failure -> shared.metrics().refused("connection-failed"));
  }

  private Future<HttpServer> listen(HttpServer server, int port, String key, int shown) {
    String host = shared.config().host();
    return server
        .listen(port, host)
        .recover(
            failure -> {
              String where = shared.config().path() + key + ": ";
              String reason =
                  isInUse(failure)
                      ? "port "
                          + shown
                          + " on "
                          + host
                          + " is in use; stop the program that has it or choose another"
                      : "cannot listen on port "
                          + shown
                          + " of "
                          + host
                          + ": "
                          + failure.getMessage();
              return Future.failedFuture(new ListenException(where + reason, failure));
            });
  }

  /** The native transport has an exception of its own for it. */
  private static boolean isInUse(Throwable failure) {
    return failure instanceof BindException
        || (failure instanceof IOException
            && String.valueOf(failure.getMessage()).contains("already in use"));
  }

  private void requested(HttpServerRequest request) {
    OpenConnection connection = open.find(request.connection());
    if (connection == null) {
      request.connection().close();
      return;
    }
    String path = request.path();
    Optional<Mount> mount = path == null ? Optional.empty() : shared.mounts().find(path);
    Exchange exchange =
        new Exchange(
            request,
            mount.map(Mount::prefix).orElse("none"),
            System.nanoTime(),
            bodyDeadline(request),
            new AnswerProgress());
    connection.begin(exchange);
    request.response().endHandler(end -> connection.end(exchange, shared.metrics(), millis()));
    request.response().closeHandler(end -> connection.end(exchange, shared.metrics(), millis()));
    commonHeaders(request);
    if (path == null || !path.startsWith("/") || climbs(path)) {
      shared.metrics().refused("malformed");
      Problems.send(
          request,
          new Problem(400, "malformed-request", "The address is not one that can be served"));
    } else if (announced(request) > limits.bodyBytes()) {
      shared.metrics().refused("body-too-large");
      LastAnswer.send(
          vertx,
          request,
          new Problem(
              413, "body-too-large", "A request's body may have " + limits.bodyBytes() + " bytes"));
    } else if (isCredentialInClear(request)) {
      shared.metrics().refused("credential-in-clear");
      Problems.send(
          request,
          new Problem(
              403,
              "tls-required",
              "Credentials are taken over HTTPS only, on port "
                  + tlsPort().orElse(0)
                  + "; this one has been readable on its way and should be changed"));
    } else if (mount.isEmpty()) {
      Problems.send(request, Problems.notFound());
    } else {
      handle(request, mount.get());
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

  private void commonHeaders(HttpServerRequest request) {
    Instant now = Instant.now();
    if (now.getEpochSecond() != dateSecond) {
      dateSecond = now.getEpochSecond();
      date = HttpHeaders.createOptimized(HttpDate.format(now));
    }
    request
        .response()
        .headers()
        .set(HttpHeaders.DATE, date)
        .set(X_CONTENT_TYPE_OPTIONS, NOSNIFF)
        .set(REFERRER_POLICY, STRICT_ORIGIN);
    if (isPublicSite(request)) {
      request.response().headers().set(STRICT_TRANSPORT_SECURITY, A_MONTH);
    }
  }

  /** HSTS is for every port of the host, so only a site on the standard port may promise it. */
  private boolean isPublicSite(HttpServerRequest request) {
    return request.isSSL()
        && shared.vouchedFor().get()
        && request.authority() != null
        && (request.authority().port() < 0 || request.authority().port() == HTTPS_PORT);
  }

  /**
   * Where there is TLS, a credential in clear text from another machine is a mistake. A playback
   * token in the address is one only where browsers believe the certificate: players cannot use
   * another one.
   */
  private boolean isCredentialInClear(HttpServerRequest request) {
    if (tls == null) {
      return false;
    }
    boolean credential =
        request.headers().contains(HttpHeaders.AUTHORIZATION)
            || (shared.vouchedFor().get() && holdsToken(request.query()));
    TrustedProxies proxies = shared.config().trustedProxies();
    return credential && !proxies.isSecure(request) && !proxies.clientOf(request).isThisMachine();
  }

  private static boolean holdsToken(@Nullable String query) {
    return query != null && (query.startsWith("token=") || query.contains("&token="));
  }

  private long bodyDeadline(HttpServerRequest request) {
    // Over HTTP/2 a body needs neither field.
    boolean hasBody =
        announced(request) > 0
            || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
            || (request.version() == HttpVersion.HTTP_2 && BODIES.contains(request.method()));
    return hasBody ? millis() + limits.bodyTimeout().toMillis() : Long.MAX_VALUE;
  }

  private void malformed(HttpServerRequest request) {
    Throwable cause = request.decoderResult() == null ? null : request.decoderResult().cause();
    Problem problem =
        switch (cause) {
          case TooLongHttpLineException e ->
              new Problem(
                  414, "uri-too-long", "An address may have " + limits.uriBytes() + " bytes");
          case TooLongHttpHeaderException e ->
              new Problem(
                  431,
                  "headers-too-large",
                  "Header fields may have " + limits.headerBytes() + " bytes");
          case null, default ->
              new Problem(400, "malformed-request", "This is not an HTTP request");
        };
    shared.metrics().refused(problem.status() == 400 ? "malformed" : problem.code());
    LastAnswer.send(vertx, request, problem);
  }

  /** The announced length; 0 where there is none. */
  private static long announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null || request.method().equals(HttpMethod.CONNECT)) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(length));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Whether a path has a {@code ..} segment, plain or encoded; browsers resolve them themselves.
   */
  private static boolean climbs(String path) {
    String plain = path.replace("%2e", ".").replace("%2E", ".");
    return plain.contains("/../") || plain.endsWith("/..");
  }

  private static long millis() {
    return System.nanoTime() / 1_000_000;
  }
}

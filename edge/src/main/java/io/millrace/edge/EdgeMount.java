package io.millrace.edge;

import com.github.benmanes.caffeine.cache.Ticker;
import io.millrace.edge.cache.CacheKey;
import io.millrace.edge.cache.CacheStore;
import io.millrace.edge.cache.EdgeCache;
import io.millrace.edge.cache.Served;
import io.millrace.edge.delivery.Answer;
import io.millrace.edge.delivery.GrowingSegment;
import io.millrace.edge.viewing.Permits;
import io.millrace.edge.viewing.PlayPath;
import io.millrace.edge.viewing.Token;
import io.millrace.edge.viewing.ViewerIdentity;
import io.millrace.http.Mount;
import io.millrace.http.OutageLog;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.TrustedProxies;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /play}: may this viewer play, is it in memory, answer. One for all event loops;
 * each request stays on its own.
 */
public final class EdgeMount {
  public static final String PREFIX = "/play";

  private static final Logger LOGGER = LoggerFactory.getLogger(EdgeMount.class);
  private static final String TIME = "time";
  private static final int MOST_VIEWERS = 500_000;
  private static final long EXPIRY_MILLIS = 1000;

  private final Vertx vertx;
  private final EdgeCache cache;
  private final Permits permits;
  private final ViewerCounts viewers;
  private final ViewerIdentity identity = new ViewerIdentity();
  private final TrustedProxies proxies;
  private final EdgeMetrics metrics;
  private final InstantSource clock;
  private final long expiryTimer;

  /**
   * @param upstream where objects come from
   * @param proxies the listener's, to know viewers behind them apart
   */
  public EdgeMount(
      Vertx vertx,
      EdgeConfig config,
      Upstream upstream,
      PlayAuthorizer authorizer,
      TrustedProxies proxies,
      EdgeMetrics metrics,
      InstantSource clock) {
    CacheStore store = new CacheStore(config.memoryBytes());
    this.vertx = vertx;
    this.cache =
        new EdgeCache(counted(inTime(upstream, config.upstreamTimeout()), metrics), store, clock);
    this.permits = new Permits(authorizer, Ticker.systemTicker());
    this.viewers = new ViewerCounts(config.viewerTimeout(), MOST_VIEWERS);
    this.proxies = proxies;
    this.metrics = metrics;
    this.clock = clock;
    this.expiryTimer = vertx.setPeriodic(EXPIRY_MILLIS, timer -> expire());
    metrics.observe(viewers::total, store::bytes, cache::inFlight);
  }

  /** What the listener takes. */
  public Mount mount() {
    return new Mount(PREFIX, this::handle);
  }

  /** Who watches, for pages and figures. */
  public ViewerCounts viewers() {
    return viewers;
  }

  /** Stops its timer. */
  public void close() {
    vertx.cancelTimer(expiryTimer);
  }

  /** Not on the event loop: half a million viewers take some milliseconds. */
  private void expire() {
    vertx
        .executeBlocking(
            () -> {
              viewers.expire(clock.instant());
              return true;
            })
        .onFailure(failure -> LOGGER.atError().setCause(failure).log("viewers not counted"));
  }

  private void handle(HttpServerRequest request) {
    request
        .response()
        .headers()
        .set("access-control-allow-origin", "*")
        .set(
            "access-control-expose-headers",
            "Date, Age, Content-Length, Content-Range, ETag, Cache-Status, Retry-After");
    if (request.method().equals(HttpMethod.OPTIONS)) {
      preflight(request);
      return;
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS");
      refuse(
          request,
          "bad-method",
          new Problem(405, "method-not-allowed", "Here things are only read"));
      return;
    }
    Optional<PlayPath> path = PlayPath.parse(request.path() == null ? "" : request.path());
    if (path.isEmpty()) {
      refuse(
          request,
          "bad-address",
          new Problem(404, "not-found", "Played is /play/{app}/{stream}/index.m3u8"));
    } else if (path.get().rest().equals(TIME)) {
      tellTime(request);
    } else {
      play(request, path.get());
    }
  }

  /** The wall clock, by which players place themselves in a DASH manifest (UTCTiming http-iso). */
  private void tellTime(HttpServerRequest request) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static void preflight(HttpServerRequest request) {
    request
        .response()
        .setStatusCode(204)
        .putHeader("access-control-allow-methods", "GET, HEAD, OPTIONS")
        .putHeader(
            "access-control-allow-headers",
            "Range, Authorization, If-None-Match, If-Modified-Since, X-Playback-Session-Id,"
                + " CMCD-Session, CMCD-Object, CMCD-Request, CMCD-Status")
        .putHeader("access-control-max-age", "86400")
        .end();
  }

  private void play(HttpServerRequest request, PlayPath path) {
    Context context = vertx.getOrCreateContext();
    String query = request.query() == null ? "" : request.query();
    Optional<Token> token = Token.of(query, request.headers());
    String peer = proxies.clientOf(request).host();
    PlayAttempt attempt = new PlayAttempt(path.app(), path.stream(), token.map(Token::value), peer);
    on(
        context,
        permits.decide(attempt),
        decided -> {
          switch (decided.result()) {
            case PlayDecision.Allowed allowed -> {
              Future<Served> found = cache.get(CacheKey.of(path.whole(), query), clock.instant());
              on(context, found, served -> finish(request, path, token, peer, query, served));
            }
            case PlayDecision.Refused refused -> refuse(request, refused, token.isPresent());
          }
        });
  }

  private void finish(
      HttpServerRequest request,
      PlayPath path,
      Optional<Token> token,
      String peer,
      String query,
      AsyncResult<Served> result) {
    try {
      answer(request, path, token, peer, query, result);
    } catch (RuntimeException e) {
      LOGGER.atError().addKeyValue("path", path.whole()).setCause(e).log("answering failed");
      Problems.send(request, Problems.internalError());
    }
  }

  private void answer(
      HttpServerRequest request,
      PlayPath path,
      Optional<Token> token,
      String peer,
      String query,
      AsyncResult<Served> result) {
    if (result.failed()) {
      boolean late = result.cause() instanceof TimeoutException;
      request.response().putHeader("retry-after", "1");
      Problems.send(
          request,
          late
              ? new Problem(504, "origin-too-late", "The origin did not answer in time")
              : new Problem(502, "origin-unreachable", "The origin could not be asked"));
      return;
    }
    Served served = result.result();
    metrics.served(served.how());
    if (request.response().closed()) {
      served.response().body().release();
      return;
    }
    Instant now = clock.instant();
    // HTTP/1.0 has no way to say that an answer is whole.
    boolean canGrow = request.version() != HttpVersion.HTTP_1_0;
    if (canGrow && served.response().status() == 404 && GrowingSegment.mayBe(path.rest())) {
      grow(request, path, token, peer, query, served);
      return;
    }
    if (path.isWatching() && served.response().status() == 200) {
      viewers.seen(path.app(), path.stream(), identity.of(query, request.headers(), peer), now);
    }
    metrics.sent(new Answer(request, served, token, now).send());
  }

  /** What is not there may be growing: then its parts are. */
  private void grow(
      HttpServerRequest request,
      PlayPath path,
      Optional<Token> token,
      String peer,
      String query,
      Served missing) {
    Context context = vertx.getOrCreateContext();
    String folder = "/play/" + path.app() + "/" + path.stream() + "/";
    GrowingSegment.send(
        request,
        path.rest(),
        (rest, receiver) -> {
          Future<Served> part = cache.get(CacheKey.of(folder + rest, ""), clock.instant());
          on(context, part, receiver);
        },
        token,
        clock,
        metrics::sent,
        () -> {
          missing.response().body().release();
          long viewer = identity.of(query, request.headers(), peer);
          viewers.seen(path.app(), path.stream(), viewer, clock.instant());
        },
        () -> metrics.sent(new Answer(request, missing, token, clock.instant()).send()));
  }

  private void refuse(HttpServerRequest request, PlayDecision.Refused refused, boolean hadToken) {
    String code =
        switch (refused.status()) {
          case 401 -> hadToken ? "token-not-accepted" : "token-needed";
          case 503 -> "undecided";
          default -> "not-allowed";
        };
    if (refused.status() == 401) {
      request.response().putHeader("www-authenticate", "Bearer");
    } else if (refused.status() == 503) {
      request.response().putHeader("retry-after", "1");
    }
    refuse(
        request,
        refused.status() == 503 ? "undecided" : "not-allowed",
        new Problem(refused.status(), code, refused.message()));
  }

  private void refuse(HttpServerRequest request, String reason, Problem problem) {
    metrics.refused(reason);
    Problems.send(request, problem);
  }

  /** Goes on with a future's result on the request's own event loop, wherever it completes. */
  private static <T> void on(Context context, Future<T> future, Handler<AsyncResult<T>> next) {
    future.onComplete(
        result -> {
          if (context.equals(Vertx.currentContext())) {
            next.handle(result);
          } else {
            context.runOnContext(hop -> next.handle(result));
          }
        });
  }

  /**
   * An object that never comes would keep everybody else from asking for it. A late answer is
   * dropped.
   */
  private Upstream inTime(Upstream upstream, Duration limit) {
    return request -> {
      Promise<UpstreamResponse> answer = Promise.promise();
      long timer =
          vertx.setTimer(
              limit.toMillis(),
              late -> answer.tryFail(new TimeoutException("no answer of the origin in time")));
      upstream
          .fetch(request)
          .onComplete(
              result -> {
                vertx.cancelTimer(timer);
                if (result.succeeded()) {
                  answer.tryComplete(result.result());
                } else {
                  answer.tryFail(result.cause());
                }
              });
      return answer.future();
    };
  }

  private static Upstream counted(Upstream upstream, EdgeMetrics metrics) {
    OutageLog outage = new OutageLog(Duration.ofSeconds(10));
    return request ->
        upstream
            .fetch(request)
            .onSuccess(
                response -> {
                  metrics.upstreamAnswered(response.status());
                  outage
                      .answered()
                      .ifPresent(
                          missed ->
                              LOGGER
                                  .atInfo()
                                  .addKeyValue("missed", missed)
                                  .log("origin answers again"));
                })
            .onFailure(
                failure -> {
                  metrics.upstreamFailed();
                  outage
                      .failed(System.nanoTime())
                      .ifPresent(
                          missed ->
                              LOGGER
                                  .atWarn()
                                  .addKeyValue("path", request.path())
                                  .addKeyValue("reason", failure.getMessage())
                                  .addKeyValue("missed", missed)
                                  .log("origin does not answer"));
                });
  }
}

package io.millrace.catalog.api;

import io.millrace.access.RandomToken;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogException;
import io.millrace.catalog.CatalogPorts;
import io.millrace.catalog.KnownApps;
import io.millrace.catalog.imports.Imports;
import io.millrace.http.Conditions;
import io.millrace.http.LastAnswer;
import io.millrace.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All endpoints as one Vert.x router: who is asking, what they sent, the answer, and a problem
 * document for everything that goes wrong.
 */
public final class ApiRouter {
  /** Where the API is. */
  public static final String PREFIX = "/api/v1";

  /** Where in it bodies are longer than anywhere else. */
  public static final String UPLOADS = PREFIX + ImportEndpoints.PREFIX;

  private static final Logger LOGGER = LoggerFactory.getLogger(ApiRouter.class);
  private static final long LARGEST_BODY_BYTES = 64 * 1024;

  private final Vertx vertx;
  private final Authenticator authenticator;
  private final List<Endpoint> endpoints = new ArrayList<>();

  public ApiRouter(
      Vertx vertx,
      Catalog catalog,
      KnownApps apps,
      CatalogPorts ports,
      Imports imports,
      Authenticator authenticator,
      InstantSource clock) {
    this.vertx = vertx;
    this.authenticator = authenticator;
    endpoints.addAll(new LiveEndpoints(apps, ports.live()).all());
    endpoints.addAll(new AssetEndpoints(apps, ports.assets(), ports.clips()).all());
    endpoints.addAll(new ImportEndpoints(apps, imports, ports.packaging()).all());
    endpoints.addAll(new TenantEndpoints(catalog, ports.packaging()).all());
    endpoints.addAll(new AppEndpoints(catalog, apps, ports.packaging()).all());
    endpoints.addAll(new StreamEndpoints(catalog, apps, ports.packaging()).all());
    endpoints.addAll(new CueEndpoints(ports.cues()).all());
    endpoints.addAll(new KeyEndpoints(catalog, clock).all());
    endpoints.addAll(new RevocationEndpoints(catalog, clock).all());
    endpoints.addAll(new AccountEndpoints(vertx, catalog, clock).all());
  }

  /** What is served, as {@code GET /api/v1/apps/{app}}. */
  public List<String> served() {
    return endpoints.stream()
        .map(its -> its.method() + " " + PREFIX + its.path().replaceAll(":(\\w+)", "{$1}"))
        .toList();
  }

  public Router router() {
    Router router = Router.router(vertx);
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      String path = PREFIX + endpoint.path();
      Set<String> ofPath = methods.computeIfAbsent(path, its -> new LinkedHashSet<>());
      Route route = router.route(endpoint.method(), path);
      ofPath.add(endpoint.method().name());
      if (endpoint.method().equals(HttpMethod.GET)) {
        route.method(HttpMethod.HEAD);
        ofPath.add(HttpMethod.HEAD.name());
      }
      if (takesBody(endpoint)) {
        route.handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY_BYTES));
      }
      route.handler(context -> serve(endpoint, context));
    }
    methods.forEach(
        (path, ofPath) -> {
          String allow = String.join(", ", ofPath);
          router.route(path).handler(context -> wrongMethod(context, allow));
        });
    router.errorHandler(404, context -> fail(context, notServed(context)));
    router.errorHandler(
        413,
        context ->
            fail(
                context,
                new ApiProblem(
                    413, "body-too-large", "a body may have " + LARGEST_BODY_BYTES + " bytes")));
    router.errorHandler(
        400, context -> fail(context, new ApiProblem(400, "bad-request", "malformed request")));
    router.errorHandler(
        500,
        context ->
            fail(
                context,
                Objects.requireNonNullElseGet(
                    context.failure(), () -> new IllegalStateException("failed without a cause"))));
    return router;
  }

  private void serve(Endpoint endpoint, RoutingContext context) {
    Catalog.Deadline deadline = Catalog.Deadline.fromNow();
    if (endpoint.upload()) {
      context.request().pause();
    }
    Future<Answer> answer;
    try {
      JsonObject body = body(endpoint, context);
      answer =
          endpoint.open()
              ? endpoint.handler().handle(new Call(context, null, deadline, body))
              : authenticator
                  .authenticate(context.request(), deadline)
                  .compose(
                      who -> endpoint.handler().handle(new Call(context, who, deadline, body)));
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(its -> send(context, endpoint, its), failure -> fail(context, failure));
  }

  /** A browser sends JSON across origins only after asking, which nobody here answers. */
  private static JsonObject body(Endpoint endpoint, RoutingContext context) {
    if (!takesBody(endpoint)) {
      return new JsonObject();
    }
    String type =
        Optional.ofNullable(context.request().getHeader(HttpHeaders.CONTENT_TYPE)).orElse("");
    if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw new ApiProblem(
          415, "unsupported-media-type", "the body must be application/json, {} where it is empty");
    }
    try {
      JsonObject body = context.body().asJsonObject();
      return body == null ? new JsonObject() : body;
    } catch (DecodeException | ClassCastException e) {
      throw new ApiProblem(400, "malformed-json", "the body is not a JSON object");
    }
  }

  private static void send(RoutingContext context, Endpoint endpoint, Answer answer) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status()).putHeader("Cache-Control", answer.cacheControl());
    if (endpoint.open()) {
      response.putHeader("Access-Control-Allow-Origin", "*");
    }
    Future<Void> sent =
        answer.body() == null
            ? response.end()
            : endpoint.open()
                ? sendShared(context, answer.body().toBuffer())
                : end(context, "application/json", answer.body().toBuffer());
    sent.onFailure(failure -> LOGGER.atDebug().setCause(failure).log("answer was not taken"));
  }

  /** What many ask for again and again carries a validator. */
  private static Future<Void> sendShared(RoutingContext context, Buffer body) {
    HttpServerResponse response = context.response();
    String tag = "\"" + HexFormat.of().formatHex(RandomToken.hash(body.toString()), 0, 12) + "\"";
    response.putHeader("ETag", tag);
    return Conditions.notModified(context.request().headers(), Optional.of(tag), Optional.empty())
        ? response.setStatusCode(304).end()
        : end(context, "application/json", body);
  }

  /** With HEAD, all but the body. */
  private static Future<Void> end(RoutingContext context, String type, Buffer body) {
    HttpServerResponse response =
        context
            .response()
            .putHeader("Content-Type", type)
            .putHeader("Content-Length", String.valueOf(body.length()));
    return context.request().method().equals(HttpMethod.HEAD) ? response.end() : response.end(body);
  }

  private static void wrongMethod(RoutingContext context, String allow) {
    context.response().putHeader("Allow", allow);
    fail(context, new ApiProblem(405, "method-not-allowed", "this address takes " + allow));
  }

  private static void fail(RoutingContext context, Throwable failure) {
    ApiProblem problem = problem(context.request(), failure);
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    LastAnswer.announce(context.vertx(), context.request());
    response.setStatusCode(problem.status()).putHeader("Cache-Control", "no-store");
    if (problem.status() == 401) {
      response.putHeader("WWW-Authenticate", "Basic realm=\"millrace\", charset=\"UTF-8\"");
    }
    problem
        .retryAfter()
        .ifPresent(
            wait ->
                response.putHeader(
                    "Retry-After", String.valueOf(Math.max(1, wait.toSeconds() + 1))));
    end(context, Problem.MEDIA_TYPE, problem.toJson().toBuffer())
        .onFailure(lost -> LOGGER.atDebug().setCause(lost).log("answer was not taken"));
  }

  static ApiProblem problem(HttpServerRequest request, Throwable failure) {
    if (failure instanceof ApiProblem problem) {
      return problem;
    }
    if (failure instanceof CatalogException e && e.isAway()) {
      String detail =
          e.isUndecided()
              ? "the database has not said whether this was done; look before asking again"
              : "the catalogue cannot be reached; nothing was changed";
      return ApiProblem.later(503, "catalog-unavailable", detail, Duration.ofSeconds(2));
    }
    LOGGER
        .atError()
        .addKeyValue("method", request.method())
        .addKeyValue("path", request.path())
        .setCause(failure)
        .log("request failed");
    return new ApiProblem(500, "internal-error", "something went wrong here; it was logged");
  }

  private static ApiProblem notServed(RoutingContext context) {
    return new ApiProblem(404, "not-found", "nothing is served at " + context.normalizedPath());
  }

  private static boolean takesBody(Endpoint endpoint) {
    return !endpoint.upload()
        && (endpoint.method().equals(HttpMethod.POST)
            || endpoint.method().equals(HttpMethod.PATCH)
            || endpoint.method().equals(HttpMethod.PUT));
  }
}

package io.millrace.broker.rest;

import io.millrace.access.Names;
import io.millrace.broker.Administrators;
import io.millrace.broker.Broker;
import io.millrace.broker.NamespaceChanges;
import io.millrace.broker.door.TrafficCounts;
import io.millrace.broker.log.LogException;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.namespace.NamespaceWish;
import io.millrace.http.Conditions;
import io.millrace.http.FieldProblem;
import io.millrace.http.LateMount;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Namespaces as resources for administrators, at {@value #PATH}. Thread-safe; each request belongs
 * to its event loop.
 */
public final class NamespacesDoor {
  static final String PATH = "/api/v1/namespaces";

  private static final String LIVE = "/live";
  private static final Logger LOGGER = LoggerFactory.getLogger(NamespacesDoor.class);
  private static final String LIST_METHODS = "GET, HEAD";
  private static final String METHODS = "GET, HEAD, PUT, PATCH, DELETE";
  private static final long LARGEST_BODY_BYTES = 64 * 1024;
  private static final int MOST_PER_PAGE = 200;
  private static final int PER_PAGE = 50;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

  private final Broker broker;
  private final NamespaceChanges changes;
  private final TrafficCounts traffic;
  private final Administrators administrators;

  /**
   * @param traffic what goes on in the namespaces
   */
  public NamespacesDoor(
      Broker broker,
      NamespaceChanges changes,
      TrafficCounts traffic,
      Administrators administrators) {
    this.broker = broker;
    this.changes = changes;
    this.traffic = traffic;
    this.administrators = administrators;
  }

  /** Its place, before there is a log. */
  public static LateMount place() {
    return new LateMount(PATH);
  }

  public Mount mount() {
    return new Mount(PATH, this::serve);
  }

  /** What is served, as {@code GET /api/v1/namespaces/{name}}. */
  public static List<String> served() {
    String one = " " + PATH + "/{name}";
    return List.of(
        "GET " + PATH, "GET" + one, "PUT" + one, "PATCH" + one, "DELETE" + one, "GET" + one + LIVE);
  }

  private void serve(HttpServerRequest request) {
    // Nothing of the body is read before it is known who sends it.
    request.pause();
    administrators
        .decide(request)
        .onSuccess(
            decision -> {
              switch (decision) {
                case Administrators.Allowed(String account) -> route(request, account);
                case Administrators.Refused refused -> refuse(request, refused);
              }
              request.resume();
            })
        .onFailure(
            failure -> {
              failed(request, failure);
              request.resume();
            });
  }

  private void route(HttpServerRequest request, String account) {
    String path = String.valueOf(request.path());
    String rest = path.length() <= PATH.length() + 1 ? "" : path.substring(PATH.length() + 1);
    HttpMethod method = request.method();
    boolean isLive = rest.endsWith(LIVE);
    String name =
        PercentText.decode(isLive ? rest.substring(0, rest.length() - LIVE.length()) : rest);
    if (name == null) {
      Problems.send(
          request, new Problem(400, "bad-address", "the address is not percent-encoded UTF-8"));
      return;
    }
    if (isLive) {
      live(request, name);
      return;
    }
    boolean isRead = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    if (name.isEmpty()) {
      if (isRead) {
        list(request);
      } else {
        Exchange.methodNotAllowed(request, LIST_METHODS);
      }
    } else if (Names.namespaceProblem(name).isPresent() && !method.equals(HttpMethod.PUT)) {
      notFound(request, name);
    } else if (isRead) {
      get(request, name);
    } else if (method.equals(HttpMethod.PUT) || method.equals(HttpMethod.PATCH)) {
      change(request, name, account);
    } else if (method.equals(HttpMethod.DELETE)) {
      answer(request, changes.delete(name, expected(request)), name, account);
    } else {
      Exchange.methodNotAllowed(request, METHODS);
    }
  }

  private void list(HttpServerRequest request) {
    String after = Optional.ofNullable(request.getParam("after")).orElse("");
    String limit = Optional.ofNullable(request.getParam("limit")).orElse("" + PER_PAGE);
    int most = NUMBER.matcher(limit).matches() ? Integer.parseInt(limit) : 0;
    if (most < 1 || most > MOST_PER_PAGE) {
      invalid(
          request,
          List.of(new FieldProblem("limit", "is not a whole number from 1 to " + MOST_PER_PAGE)));
      return;
    }
    List<Namespace> page =
        broker.namespaces().stream()
            .filter(namespace -> namespace.name().compareTo(after) > 0)
            .sorted(Comparator.comparing(Namespace::name))
            .limit(most + 1L)
            .toList();
    JsonArray items = new JsonArray();
    boolean withLive = "true".equals(request.getParam("live"));
    page.stream()
        .limit(most)
        .forEach(
            namespace -> {
              JsonObject item = NamespaceJson.of(namespace);
              if (withLive) {
                live(namespace.name()).ifPresent(live -> item.put("live", live));
              }
              items.add(item);
            });
    JsonObject body = new JsonObject().put("items", items);
    if (page.size() > most) {
      body.put("next", page.get(most - 1).name());
    }
    Exchange.json(request, 200, body.toBuffer().getBytes());
  }

  private void live(HttpServerRequest request, String name) {
    Optional<JsonObject> live = live(name);
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      Exchange.methodNotAllowed(request, LIST_METHODS);
    } else if (live.isEmpty()) {
      notServed(request, name);
    } else {
      Exchange.json(request, 200, live.get().toBuffer().getBytes());
    }
  }

  private Optional<JsonObject> live(String name) {
    return broker
        .find(name)
        .map(
            served ->
                NamespaceJson.live(
                    served.namespace(), broker.partitionsBehind(name), traffic.in(name)));
  }

  private void get(HttpServerRequest request, String name) {
    Optional<Namespace> namespace = broker.namespace(name);
    if (namespace.isEmpty()) {
      notServed(request, name);
      return;
    }
    String tag = NamespaceJson.tag(namespace.get());
    if (Conditions.notModified(request.headers(), Optional.of(tag), Optional.empty())) {
      request.response().putHeader(HttpHeaders.ETAG, tag).setStatusCode(304).end();
    } else {
      show(request, 200, namespace.get());
    }
  }

  private static void show(HttpServerRequest request, int status, Namespace namespace) {
    request.response().putHeader(HttpHeaders.ETAG, NamespaceJson.tag(namespace));
    Exchange.json(request, status, NamespaceJson.of(namespace).toBuffer().getBytes());
  }

  private void change(HttpServerRequest request, String name, String account) {
    String type = Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_TYPE)).orElse("");
    // A browser sends JSON across origins only after asking, which nobody here answers.
    if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      Problems.send(
          request,
          new Problem(
              415,
              "unsupported-media-type",
              "the body must be application/json, {} where it is empty"));
      return;
    }
    RequestBody.read(request, LARGEST_BODY_BYTES)
        .onSuccess(body -> change(request, name, account, body))
        .onFailure(
            failure -> {
              if (failure instanceof RequestBody.TooLargeException) {
                Problems.send(
                    request,
                    new Problem(
                        413, "body-too-large", "a body may have " + LARGEST_BODY_BYTES + " bytes"));
              }
            });
  }

  private void change(HttpServerRequest request, String name, String account, Buffer body) {
    JsonObject json;
    try {
      json = new JsonObject(body.toString(StandardCharsets.UTF_8));
    } catch (DecodeException | ClassCastException e) {
      Problems.send(request, new Problem(400, "malformed-json", "the body is not a JSON object"));
      return;
    }
    List<FieldProblem> problems = new ArrayList<>();
    Names.namespaceProblem(name)
        .ifPresent(problem -> problems.add(new FieldProblem("name", problem)));
    NamespaceWish wish = NamespaceJson.wish(json, name, problems);
    if (!problems.isEmpty()) {
      invalid(request, problems);
      return;
    }
    Predicate<Optional<Namespace>> expected = expected(request);
    if (request.method().equals(HttpMethod.PUT)) {
      answer(request, changes.put(name, wish.whole(), expected), name, account);
    } else {
      answer(request, changes.change(name, wish, expected), name, account);
    }
  }

  /** {@code If-Match} and {@code If-None-Match: *} (RFC 9110 13.1). */
  private static Predicate<Optional<Namespace>> expected(HttpServerRequest request) {
    Optional<String> match = Optional.ofNullable(request.getHeader(HttpHeaders.IF_MATCH));
    boolean isNew = isForNew(request);
    return before ->
        !(isNew && before.isPresent())
            && (match.isEmpty()
                || before
                    .filter(there -> Conditions.matches(match.get(), NamespaceJson.tag(there)))
                    .isPresent());
  }

  private static boolean isForNew(HttpServerRequest request) {
    return "*".equals(request.getHeader(HttpHeaders.IF_NONE_MATCH));
  }

  private static void answer(
      HttpServerRequest request,
      Future<NamespaceChanges.Outcome> change,
      String name,
      String account) {
    change
        .onFailure(failure -> failed(request, failure))
        .onSuccess(
            outcome -> {
              LOGGER
                  .atInfo()
                  .addKeyValue("namespace", name)
                  .addKeyValue("account", account)
                  .addKeyValue("method", request.method())
                  .addKeyValue("outcome", outcome)
                  .log("namespace administered");
              switch (outcome) {
                case NamespaceChanges.Made(Namespace made) -> {
                  request.response().putHeader(HttpHeaders.LOCATION, PATH + "/" + name);
                  show(request, 201, made);
                }
                case NamespaceChanges.Kept(Namespace kept) -> show(request, 200, kept);
                case NamespaceChanges.Deleted deleted ->
                    request.response().setStatusCode(204).end();
                case NamespaceChanges.Missing missing -> notFound(request, name);
                case NamespaceChanges.Unexpected unexpected ->
                    Problems.send(
                        request,
                        new Problem(
                            412,
                            "precondition-failed",
                            isForNew(request)
                                ? "there is a namespace '" + name + "' already"
                                : "the namespace '" + name + "' is not what is expected"));
                case NamespaceChanges.Refused(String reason) ->
                    Problems.send(request, new Problem(409, "namespace-refused", reason));
              }
            });
  }

  private static void invalid(HttpServerRequest request, List<FieldProblem> problems) {
    Problems.send(
        request,
        new Problem(400, "invalid-request", "the request has fields that cannot be used"),
        problems);
  }

  private void notServed(HttpServerRequest request, String name) {
    if (broker.isKnown(name)) {
      retryAfter(request, Duration.ofSeconds(1));
      Problems.send(
          request,
          new Problem(
              503,
              "unavailable",
              "the namespace " + Names.quoted(name) + " cannot be served at the moment"));
    } else {
      notFound(request, name);
    }
  }

  private static void notFound(HttpServerRequest request, String name) {
    Problems.send(
        request,
        new Problem(404, "namespace-not-found", "there is no namespace " + Names.quoted(name)));
  }

  private static void refuse(HttpServerRequest request, Administrators.Refused refused) {
    if (refused.problem().status() == 401) {
      request
          .response()
          .putHeader("WWW-Authenticate", "Basic realm=\"millrace\", charset=\"UTF-8\"");
    }
    refused.retryAfter().ifPresent(wait -> retryAfter(request, wait));
    Problems.send(request, refused.problem());
  }

  private static void failed(HttpServerRequest request, Throwable failure) {
    if (failure instanceof LogException e) {
      retryAfter(request, Duration.ofSeconds(1));
      Problems.send(request, new Problem(503, "unavailable", String.valueOf(e.getMessage())));
      return;
    }
    LOGGER
        .atError()
        .addKeyValue("path", request.path())
        .setCause(failure)
        .log("request about namespaces failed");
    Problems.send(request, Problems.internalError());
  }

  private static void retryAfter(HttpServerRequest request, Duration wait) {
    request
        .response()
        .putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, wait.toSeconds())));
  }
}

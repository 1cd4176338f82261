package io.millrace.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * Answers requests with problem documents (RFC 9457), or with a page that says the same where a
 * browser asks for one. Called on the request's event loop.
 */
public final class Problems {
  private static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized(Problem.MEDIA_TYPE);
  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

  private Problems() {}

  /**
   * Answers a request with a problem, unless its answer has begun already: then the rest can't be
   * trusted and the stream (HTTP/2) or the connection (HTTP/1.1) is reset. Headers that are set
   * already stay; {@code Cache-Control} is {@code no-store} where there is none.
   */
  public static void send(HttpServerRequest request, Problem problem) {
    send(request, problem, List.of());
  }

  /**
   * As {@link #send(HttpServerRequest, Problem)}, with what is wrong with each field of what was
   * sent.
   */
  public static void send(HttpServerRequest request, Problem problem, List<FieldProblem> fields) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    boolean page = wantsPage(request);
    Buffer body = page ? ProblemPage.of(problem) : problem.toJson(fields).toBuffer();
    response.setStatusCode(problem.status());
    response.headers().set(HttpHeaders.CONTENT_TYPE, page ? HTML : PROBLEM_JSON);
    response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    if (!response.headers().contains(HttpHeaders.CACHE_CONTROL)) {
      response.headers().set(HttpHeaders.CACHE_CONTROL, NO_STORE);
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body);
    }
  }

  /** Whether a browser shows the answer to a person: scripts and players do not ask for HTML. */
  public static boolean wantsPage(HttpServerRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return accept != null && accept.contains("text/html");
  }

  /** The answer to a failure of ours; says nothing about its inside. */
  public static Problem internalError() {
    return new Problem(
        500, "internal-error", "The server failed on this request; its log has more");
  }

  /** The answer where nothing is served. */
  public static Problem notFound() {
    return new Problem(404, "not-found", "There is nothing at this address");
  }
}

package io.millrace.broker.rest;

import io.millrace.broker.door.Refusal;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** How every endpoint here answers. */
final class Exchange {
  private Exchange() {}

  /**
   * Lets pages of any site read the answer. Nothing here goes by cookies, and a page of another
   * site is no local client, so it can do no more than its own credential allows.
   */
  static void allowOrigins(HttpServerRequest request) {
    if (request.headers().contains(HttpHeaders.ORIGIN)) {
      request.response().putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
  }

  /** Answers a preflight or a question for the methods. */
  static void options(HttpServerRequest request, String methods) {
    HttpServerResponse response = request.response().putHeader(HttpHeaders.ALLOW, methods);
    if (request.headers().contains(HttpHeaders.ORIGIN)) {
      response
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
          .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "86400")
          .putHeader(
              HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
              String.valueOf(request.headers().get(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS)));
    }
    response.setStatusCode(204).end();
  }

  static void methodNotAllowed(HttpServerRequest request, String methods) {
    request.response().putHeader(HttpHeaders.ALLOW, methods);
    Problems.send(
        request, new Problem(405, "method-not-allowed", "The methods here are " + methods));
  }

  static void refuse(HttpServerRequest request, Refusal refusal) {
    switch (refusal.code()) {
      case NOT_AUTHENTICATED, EXPIRED -> request.response().putHeader("www-authenticate", "Bearer");
      case OVERLOADED, UNAVAILABLE, RATE_LIMITED ->
          request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
      default -> {}
    }
    Problems.send(
        request, new Problem(refusal.code().status(), refusal.code().word(), refusal.message()));
  }

  static void json(HttpServerRequest request, int status, byte[] body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length))
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(Buffer.buffer(body));
    }
  }
}

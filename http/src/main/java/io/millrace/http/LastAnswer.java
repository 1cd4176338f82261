package io.millrace.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** A refusal after which the connection's next bytes mean nothing any more. */
final class LastAnswer {
  /** For the client to read the answer before the connection is closed. */
  private static final long LINGER_MILLIS = 200;

  private LastAnswer() {}

  /** Answers, then closes an HTTP/1.1 connection; the other streams of HTTP/2 go on. */
  static void send(Vertx vertx, HttpServerRequest request, Problem problem) {
    if (request.version() == HttpVersion.HTTP_2) {
      Problems.send(request, problem);
      return;
    }
    request.response().putHeader(HttpHeaders.CONNECTION, "close");
    Problems.send(request, problem);
    vertx.setTimer(LINGER_MILLIS, timer -> request.connection().close());
  }
}

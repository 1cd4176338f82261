package io.millrace.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** An answer after which the connection's next bytes mean nothing any more. */
public final class LastAnswer {
  /** For the client to read the answer before the connection is closed. */
  private static final long LINGER_MILLIS = 200;

  /** The same of one that sends a long body meanwhile, which it does not expect to end early. */
  private static final long UPLOAD_LINGER_MILLIS = 2000;

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

  /**
   * Announces that the answer to a request comes before the end of its body: what is still to come
   * is dropped, until the connection is closed (HTTP/1.1) or the stream is reset (HTTP/2). To be
   * called on the request's event loop before the answer is sent.
   */
  public static void announce(Vertx vertx, HttpServerRequest request) {
    if (request.isEnded()) {
      return;
    }
    boolean shared = request.version() == HttpVersion.HTTP_2;
    if (!shared) {
      request.response().putHeader(HttpHeaders.CONNECTION, "close");
    }
    // A connection that is closed with bytes unread takes the answer with it.
    request.handler(dropped -> {}).endHandler(end -> {}).exceptionHandler(gone -> {}).resume();
    vertx.setTimer(
        UPLOAD_LINGER_MILLIS,
        timer -> {
          if (!shared) {
            request.connection().close();
          } else if (!request.isEnded()) {
            request.response().reset();
          }
        });
  }
}

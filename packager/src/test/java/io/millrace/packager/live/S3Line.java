package io.millrace.packager.live;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A way to an S3 server on which some puts take longer, and that knows in which order they came.
 */
final class S3Line {
  private final Vertx vertx;
  private final int target;
  private final Predicate<String> isSlow;
  private final Duration delay;
  private final HttpClient client;
  private final HttpServer server;
  private final List<String> put = new CopyOnWriteArrayList<>();

  /**
   * @param isSlow by the path of an address
   */
  S3Line(Vertx vertx, int target, Predicate<String> isSlow, Duration delay) {
    this.vertx = vertx;
    this.target = target;
    this.isSlow = isSlow;
    this.delay = delay;
    this.client = vertx.createHttpClient();
    this.server =
        LiveNode.await(
            vertx.createHttpServer().requestHandler(this::forward).listen(0, "127.0.0.1"));
  }

  int port() {
    return server.actualPort();
  }

  /** Addresses of what the server has taken, the first one first. */
  List<String> put() {
    return List.copyOf(put);
  }

  private void forward(HttpServerRequest request) {
    request
        .body()
        .compose(body -> inTime(request).compose(v -> send(request, body)))
        .onFailure(failure -> request.response().setStatusCode(502).end());
  }

  private Future<Void> inTime(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.PUT) || !isSlow.test(request.path())) {
      return Future.succeededFuture();
    }
    Promise<Void> later = Promise.promise();
    vertx.setTimer(delay.toMillis(), id -> later.complete());
    return later.future();
  }

  private Future<Void> send(HttpServerRequest request, Buffer body) {
    return client
        .request(
            new RequestOptions()
                .setMethod(request.method())
                .setHost("127.0.0.1")
                .setPort(target)
                .setURI(request.uri()))
        .compose(
            forwarded -> {
              copyHeaders(request, forwarded);
              return forwarded.send(body);
            })
        .compose(
            answer -> {
              request.response().setStatusCode(answer.statusCode());
              request.response().headers().setAll(answer.headers());
              request.response().headers().remove(HttpHeaders.TRANSFER_ENCODING);
              if (request.method().equals(HttpMethod.PUT) && answer.statusCode() == 200) {
                put.add(request.path());
              }
              return answer.body();
            })
        .compose(
            content ->
                request.method().equals(HttpMethod.HEAD)
                    ? request.response().end()
                    : request.response().end(content));
  }

  /** With the name of the host that is signed. */
  private static void copyHeaders(HttpServerRequest request, HttpClientRequest forwarded) {
    forwarded.headers().setAll(request.headers());
    forwarded.authority(request.authority());
  }
}

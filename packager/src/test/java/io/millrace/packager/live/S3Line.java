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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A way to an S3 server on which some puts take longer, and that knows in which order they came.
 */
final class S3Line {
  private final int target;
  private final Predicate<String> mayBeHeld;
  private final HttpClient client;
  private final HttpServer server;
  private final List<String> put = new CopyOnWriteArrayList<>();
  private final List<String> copied = new CopyOnWriteArrayList<>();
  private volatile Promise<Void> gate = Promise.promise();

  /**
   * @param mayBeHeld by the path of an address
   */
  S3Line(Vertx vertx, int target, Predicate<String> mayBeHeld) {
    this.target = target;
    this.mayBeHeld = mayBeHeld;
    this.client = vertx.createHttpClient();
    this.server =
        LiveNode.await(
            vertx.createHttpServer().requestHandler(this::forward).listen(0, "127.0.0.1"));
    release();
  }

  int port() {
    return server.actualPort();
  }

  /** From now on some puts wait. */
  void hold() {
    gate = Promise.promise();
  }

  /** Those that wait go on, and others do not wait. */
  void release() {
    gate.tryComplete();
  }

  /** Addresses of what the server has taken. */
  List<String> put() {
    return List.copyOf(put);
  }

  /** Addresses of what the server has copied from others of its own. */
  List<String> copied() {
    return List.copyOf(copied);
  }

  private void forward(HttpServerRequest request) {
    request
        .body()
        .compose(body -> inTime(request).compose(v -> send(request, body)))
        .onFailure(failure -> request.response().setStatusCode(502).end());
  }

  private Future<Void> inTime(HttpServerRequest request) {
    return request.method().equals(HttpMethod.PUT) && mayBeHeld.test(request.path())
        ? gate.future()
        : Future.succeededFuture();
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
                if (request.getHeader("x-amz-copy-source") != null) {
                  copied.add(request.path());
                }
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

package io.millrace.app.bridges;

import io.millrace.edge.EdgeConfig;
import io.millrace.edge.HttpUpstream;
import io.millrace.edge.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** Asks the origin on another node for what is no media; waits two seconds at most. Thread-safe. */
final class OriginClient {
  private static final long PATIENCE_MILLIS = 2000;

  private final EdgeConfig config;
  private final URI origin;
  private final HttpClient client;

  /**
   * @param config with {@code origin} present
   */
  OriginClient(Vertx vertx, EdgeConfig config) {
    this.config = config;
    this.origin = config.origin().orElseThrow();
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) PATIENCE_MILLIS)
                .setSsl("https".equals(origin.getScheme())),
            new PoolOptions().setHttp1MaxSize(4).setMaxWaitQueueSize(64));
  }

  Future<UpstreamResponse> send(HttpMethod method, String path) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost(origin.getHost())
            .setPort(port())
            .setURI(path);
    config
        .originSecret()
        .ifPresent(secret -> options.putHeader(HttpUpstream.SECRET_HEADER, secret.reveal()));
    return client
        .request(options)
        // Inside: from another thread the body would be asked for when it has gone by.
        .compose(request -> request.send().compose(OriginClient::whole))
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Future<UpstreamResponse> whole(HttpClientResponse answer) {
    return answer
        .body()
        .map(body -> new UpstreamResponse(answer.statusCode(), answer.headers(), body));
  }

  private int port() {
    return origin.getPort() >= 0 ? origin.getPort() : "https".equals(origin.getScheme()) ? 443 : 80;
  }

  /** What else it answered than was to be expected. */
  static <T> Future<T> refused(UpstreamResponse answer) {
    return Future.failedFuture(
        new IllegalStateException("the origin answers with status " + answer.status()));
  }
}

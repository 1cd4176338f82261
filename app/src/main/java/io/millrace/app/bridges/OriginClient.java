package io.millrace.app.bridges;

import io.millrace.edge.EdgeConfig;
import io.millrace.edge.HttpUpstream;
import io.millrace.edge.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Asks the origin on another node for what is no media. Thread-safe. */
final class OriginClient {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final EdgeConfig config;
  private final Duration patience;
  private final URI origin;
  private final HttpClient client;

  /**
   * One that waits two seconds at most.
   *
   * @param config with {@code origin} present
   */
  OriginClient(Vertx vertx, EdgeConfig config) {
    this(vertx, config, PATIENCE);
  }

  /**
   * @param config with {@code origin} present
   * @param patience how long it waits for an answer
   */
  OriginClient(Vertx vertx, EdgeConfig config, Duration patience) {
    this.config = config;
    this.patience = patience;
    this.origin = config.origin().orElseThrow();
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) PATIENCE.toMillis())
                .setSsl("https".equals(origin.getScheme())),
            new PoolOptions().setHttp1MaxSize(4).setMaxWaitQueueSize(64));
  }

  Future<UpstreamResponse> send(HttpMethod method, String path) {
    return send(method, path, Buffer.buffer());
  }

  /**
   * @param body JSON; empty for none
   */
  Future<UpstreamResponse> send(HttpMethod method, String path, Buffer body) {
    return send(method, path, body, Map.of());
  }

  /** The same with some headers. */
  Future<UpstreamResponse> send(
      HttpMethod method, String path, Buffer body, Map<String, String> headers) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost(origin.getHost())
            .setPort(port())
            .setURI(path);
    headers.forEach(options::putHeader);
    config
        .originSecret()
        .ifPresent(secret -> options.putHeader(HttpUpstream.SECRET_HEADER, secret.reveal()));
    return client
        .request(options)
        // Inside: from another thread the body would be asked for when it has gone by.
        .compose(request -> sent(request, body).compose(OriginClient::whole))
        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Future<HttpClientResponse> sent(HttpClientRequest request, Buffer body) {
    return body.length() == 0 ? request.send() : request.send(body);
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

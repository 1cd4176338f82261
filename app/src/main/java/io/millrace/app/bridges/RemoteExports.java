package io.millrace.app.bridges;

import io.millrace.edge.EdgeConfig;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.SharedSecret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The assets of the origin on another node as MP4 files: passed through as they come, as fast as
 * they are taken. Thread-safe.
 */
public final class RemoteExports implements Exports {
  private static final List<String> ASKED =
      List.of("range", "if-range", "if-none-match", "if-modified-since");
  private static final List<String> TOLD =
      List.of(
          "content-type",
          "content-length",
          "content-range",
          "content-disposition",
          "accept-ranges",
          "cache-control",
          "etag");

  private final EdgeConfig config;
  private final URI origin;
  private final HttpClient client;

  /**
   * @param config with {@code origin} present
   */
  public RemoteExports(Vertx vertx, EdgeConfig config) {
    this.config = config;
    this.origin = config.origin().orElseThrow();
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(3000)
                .setReadIdleTimeout(60)
                .setSsl("https".equals(origin.getScheme())),
            new PoolOptions().setHttp1MaxSize(64).setMaxWaitQueueSize(256));
  }

  @Override
  public void send(HttpServerRequest request, String asset, String rung) {
    int port = origin.getPort();
    RequestOptions options =
        new RequestOptions()
            .setMethod(request.method())
            .setHost(origin.getHost())
            .setPort(port >= 0 ? port : "https".equals(origin.getScheme()) ? 443 : 80)
            .setURI(
                ExportMount.PREFIX
                    + "/"
                    + asset
                    + "?rung="
                    + URLEncoder.encode(rung, StandardCharsets.UTF_8));
    for (String name : ASKED) {
      String value = request.getHeader(name);
      if (value != null) {
        options.putHeader(name, value);
      }
    }
    config
        .originSecret()
        .ifPresent(secret -> options.putHeader(SharedSecret.HEADER, secret.reveal()));
    client
        .request(options)
        .compose(
            asked -> {
              request.response().closeHandler(gone -> asked.reset());
              // Inside: from another thread the body would be passed by.
              return asked.send().compose(answer -> pass(answer, request.response()));
            })
        .onFailure(
            failure -> {
              if (request.response().headWritten()) {
                request.response().reset();
              } else {
                Problems.send(
                    request, new Problem(503, "origin-unreachable", "the origin does not answer"));
              }
            });
  }

  private static Future<Void> pass(HttpClientResponse answer, HttpServerResponse response) {
    if (answer.statusCode() == 403) {
      return Future.failedFuture("the origin refuses its edge");
    }
    response.setStatusCode(answer.statusCode());
    for (String name : TOLD) {
      String value = answer.getHeader(name);
      if (value != null) {
        response.putHeader(name, value);
      }
    }
    // What breaks off is not to look like an end: its length has been promised.
    return answer.pipe().endOnFailure(false).to(response);
  }
}

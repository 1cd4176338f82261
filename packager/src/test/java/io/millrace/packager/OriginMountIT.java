package io.millrace.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Secret;
import io.millrace.http.Problem;
import io.millrace.http.SharedSecret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OriginMountIT {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void answersOnlyWhoKnowsTheSecret() throws Exception {
    Origin echo =
        request ->
            Future.succeededFuture(
                new OriginResponse(
                    200,
                    Map.of("content-type", "text/plain", "etag", "\"x\""),
                    Buffer.buffer(request.path() + "?" + request.query())));
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                SharedSecret.guard(OriginMount.of(echo), Optional.of(new Secret("open"))).handler())
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);

    HttpResponse<String> known = get(server, "open");
    assertThat(known.statusCode()).isEqualTo(200);
    assertThat(known.body()).isEqualTo("/live/one/index.m3u8?a=b");
    assertThat(known.headers().firstValue("etag")).contains("\"x\"");

    HttpResponse<String> stranger = get(server, "guess");
    assertThat(stranger.statusCode()).isEqualTo(403);
    assertThat(stranger.headers().firstValue("content-type")).contains(Problem.MEDIA_TYPE);
  }

  private static HttpResponse<String> get(HttpServer server, String secret) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:" + server.actualPort() + "/play/live/one/index.m3u8?a=b"))
              .header(SharedSecret.HEADER, secret)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}

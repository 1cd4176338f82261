package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Secret;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.SharedSecret;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an edge gets from the origin of another node. */
final class HttpUpstreamTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Test
  void fetchesFromAnotherNodesOrigin() {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer other =
        get(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      seen.add(request.uri() + " " + request.getHeader(SharedSecret.HEADER));
                      if (request.path().endsWith("never")) {
                        return;
                      }
                      if (request.path().endsWith("strange")) {
                        request.response().setStatusCode(403).end("who are you?");
                        return;
                      }
                      if (request.path().endsWith("refused")) {
                        Problems.send(request, new Problem(403, "origin-secret", "another"));
                        return;
                      }
                      request.response().putHeader("ETag", "\"x\"").setStatusCode(203).end("hi");
                    })
                .listen(0, "127.0.0.1"));
    HttpUpstream http = upstream(other.actualPort(), Duration.ofSeconds(30));
    HttpUpstream hasty = upstream(other.actualPort(), Duration.ofMillis(300));
    UpstreamResponse answer =
        get(http.fetch(new UpstreamRequest("/play/a", "q=1", MultiMap.caseInsensitiveMultiMap())));
    assertThat(answer.status()).isEqualTo(203);
    assertThat(answer.headers().get("etag")).isEqualTo("\"x\"");
    assertThat(answer.body().toString()).isEqualTo("hi");
    assertThat(seen).containsExactly("/play/a?q=1 s");
    assertThat(failure(hasty, "/play/never")).isInstanceOf(TimeoutException.class);
    assertThat(failure(http, "/play/refused")).isInstanceOf(OriginRefusesException.class);
    assertThat(failure(http, "/play/strange"))
        .as("a 403 that is not the origin's says nothing of the secret")
        .isInstanceOf(OriginUnreachableException.class)
        .hasMessageContaining("answers 403, and not as an origin does");
    get(other.close());
    assertThat(failure(http, "/play/gone")).isInstanceOf(OriginUnreachableException.class);
  }

  private HttpUpstream upstream(int port, Duration timeout) {
    return new HttpUpstream(
        vertx,
        new EdgeConfig(
            1 << 20,
            Optional.of(URI.create("http://127.0.0.1:" + port)),
            Optional.of(new Secret("s")),
            Duration.ofSeconds(15),
            timeout));
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static Throwable failure(HttpUpstream http, String path) {
    return http.fetch(new UpstreamRequest(path, "", MultiMap.caseInsensitiveMultiMap()))
        .toCompletionStage()
        .toCompletableFuture()
        .handle((answer, failure) -> failure)
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }
}

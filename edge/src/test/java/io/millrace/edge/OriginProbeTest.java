package io.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.http.Problem;
import io.millrace.testkit.LogLines;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OriginProbeTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  @Test
  void anOriginThatIsNoHttpServerIsSaidInPlainWords() throws Exception {
    NetServer rtmp =
        get(
            vertx
                .createNetServer()
                .connectHandler(socket -> socket.write("\u0003no HTTP\r\n\r\n"))
                .listen(0, "127.0.0.1"));
    says(rtmp.actualPort(), "gives no HTTP answer");
  }

  @Test
  void aPortThatNobodyHasIsSaidInPlainWords() throws Exception {
    try (Socket taken = new Socket()) {
      // Bound and not listening: nobody else gets the port meanwhile.
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      says(taken.getLocalPort(), "nothing listens at http://127.0.0.1:");
    }
  }

  @Test
  void anotherHttpServerIsNotTakenForAnOrigin() throws Exception {
    says(answering(200, "text/html", "<html>").actualPort(), "is it the port of an origin");
    says(answering(404, "text/html", "<html>").actualPort(), "is it the port of an origin");
    says(
        answering(404, Problem.MEDIA_TYPE, problem("not-found")).actualPort(),
        "is it the port of an origin");
  }

  @Test
  void anOriginThatFailsDoesNotServe() throws Exception {
    says(
        answering(503, Problem.MEDIA_TYPE, problem("undecided")).actualPort(),
        "answers with the status 503");
  }

  @Test
  void aClosedProbeHasNoConnectionsAndSaysNothing() throws Exception {
    AtomicInteger questions = new AtomicInteger();
    AtomicInteger connections = new AtomicInteger();
    HttpServer origin =
        get(
            vertx
                .createHttpServer()
                .connectionHandler(
                    connection -> {
                      connections.incrementAndGet();
                      connection.closeHandler(gone -> connections.decrementAndGet());
                    })
                .requestHandler(
                    request -> {
                      // The second one waits until the probe is closed.
                      if (questions.incrementAndGet() == 1) {
                        answer(request, 404, Problem.MEDIA_TYPE, problem("segment-not-found"));
                      }
                    })
                .listen(0, "127.0.0.1"));
    try (LogLines log = new LogLines(OriginProbe.class)) {
      OriginProbe probe = new OriginProbe(vertx, config(origin.actualPort()));
      try {
        await().untilAsserted(() -> assertThat(probe.reach()).isEqualTo(OriginReach.ANSWERS));
        await().until(() -> questions.get() == 2);
      } finally {
        probe.close();
      }
      await().until(() -> connections.get() == 0);
      assertThat(log.messages()).containsExactly("origin serves this edge");
    }
  }

  private void says(int port, String words) {
    try (OriginProbe probe = new OriginProbe(vertx, config(port))) {
      await()
          .untilAsserted(
              () ->
                  assertThat(probe.words())
                      .startsWith("the origin has not answered yet: ")
                      .contains(words)
                      .doesNotContain("Exception"));
      assertThat(probe.reach().isReady()).isFalse();
    }
  }

  private HttpServer answering(int status, String type, String body) throws Exception {
    return get(
        vertx
            .createHttpServer()
            .requestHandler(request -> answer(request, status, type, body))
            .listen(0, "127.0.0.1"));
  }

  private static void answer(HttpServerRequest request, int status, String type, String body) {
    request.response().setStatusCode(status).putHeader("content-type", type).end(body);
  }

  private static String problem(String code) {
    return new Problem(404, code, "").toJson().encode();
  }

  private static EdgeConfig config(int port) {
    return new EdgeConfig(
        1 << 20,
        Optional.of(URI.create("http://127.0.0.1:" + port)),
        Optional.empty(),
        Duration.ofSeconds(15),
        Duration.ofSeconds(30));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}

package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LateMountTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger seen = new AtomicInteger();

  @AfterEach
  void close() {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private URI serve(LateMount late) {
    Handler<HttpServerRequest> handler = late.mount().handler();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  seen.incrementAndGet();
                  handler.handle(request);
                })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    return URI.create("http://127.0.0.1:" + server.actualPort() + "/late");
  }

  private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void echo(HttpServerRequest request) {
    RequestBody.read(request, 1_000_000)
        .onSuccess(body -> request.response().end(request.method() + " " + body.length()));
    request.resume();
  }

  @Test
  void whatCameBeforeIsAnsweredWithItsWholeBodyWhenThereIsSomebodyToDoIt() {
    LateMount late = new LateMount("/late");
    URI address = serve(late);
    var read = send(HttpRequest.newBuilder(address));
    var sent =
        send(
            HttpRequest.newBuilder(address)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[500_000])));
    await().until(() -> seen.get() == 2);
    assertThat(read).isNotDone();
    assertThat(sent).isNotDone();

    late.open(new Mount("/late", LateMountTest::echo));

    assertThat(read.join().body()).isEqualTo("GET 0");
    assertThat(sent.join().body()).isEqualTo("POST 500000");
    assertThat(send(HttpRequest.newBuilder(address)).join().body()).isEqualTo("GET 0");
    assertThatThrownBy(() -> late.open(new Mount("/other", LateMountTest::echo)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWebSocketThatCameBeforeIsOpened() {
    LateMount late = new LateMount("/late");
    URI address = URI.create(serve(late).toString().replace("http:", "ws:"));
    CompletableFuture<String> heard = new CompletableFuture<>();
    var opening = client.newWebSocketBuilder().buildAsync(address, new FirstText(heard));
    await().until(() -> seen.get() == 1);

    late.open(
        new Mount(
            "/late",
            request ->
                request
                    .toWebSocket()
                    .onSuccess(
                        socket ->
                            socket.textMessageHandler(text -> socket.writeTextMessage(text)))));

    WebSocket socket = opening.join();
    socket.sendText("hello", true).join();
    assertThat(heard.join()).isEqualTo("hello");
    socket.abort();
  }

  private record FirstText(CompletableFuture<String> heard) implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      heard.complete(data.toString());
      return WebSocket.Listener.super.onText(socket, data, last);
    }
  }

  @Test
  void nobodyWaitsForEver() {
    LateMount late = new LateMount("/late", List.of(), 0, Duration.ofMillis(20));
    URI address = serve(late);

    for (HttpRequest.Builder request :
        List.of(
            HttpRequest.newBuilder(address),
            HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.ofString("x")))) {
      HttpResponse<String> answer = send(request).join();
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).contains("1");
    }
  }
}

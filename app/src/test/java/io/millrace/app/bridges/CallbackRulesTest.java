package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessConfig;
import io.millrace.access.AccessDecision;
import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.AccessRequest;
import io.millrace.access.Action;
import io.millrace.access.CallbackExchange;
import io.millrace.access.Refusals;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicDecision.Granted;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallbackRulesTest {
  private static final AccessRequest CAMERA =
      new AccessRequest(
          Action.PUBLISH,
          "live",
          "cam1",
          Optional.of("a-secret"),
          "rtmp",
          "192.0.2.7",
          Map.of("camera", "left"));
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(200);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws TimeoutException {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Test
  void postsTheQuestion() throws TimeoutException {
    CompletableFuture<String> asked = new CompletableFuture<>();
    decide(
        request -> {
          assertThat(request.method().name()).isEqualTo("POST");
          request
              .body()
              .onSuccess(
                  body -> {
                    asked.complete(request.uri() + " " + body);
                    request.response().end();
                  });
        },
        LONG);

    String[] question = asked.join().split(" ", 2);
    assertThat(question[0]).isEqualTo("/may-they?for=us");
    assertThat(new JsonObject(question[1]))
        .isEqualTo(
            new JsonObject(
                """
                {"action": "publish", "app": "live", "stream": "cam1", "credential": "a-secret",
                 "protocol": "rtmp", "peer": "192.0.2.7", "parameters": {"camera": "left"}}
                """));
  }

  @Test
  void allowsForTheTenantThatIsNamed() throws TimeoutException {
    assertThat(decide(200, "{\"allowed\": true, \"tenant\": \"acme\"}"))
        .isEqualTo(new Allowed("acme"));
    assertThat(decide(204, "")).isEqualTo(new Allowed("default"));
  }

  @Test
  void refusesInTheServicesOwnWords() throws TimeoutException {
    assertThat(decide(200, "{\"allowed\": false, \"message\": \"unpaid\"}"))
        .isEqualTo(new Refused(Reason.NOT_ALLOWED, "unpaid"));
    assertThat(decide(403, "{\"message\": \"not today\"}"))
        .isEqualTo(new Refused(Reason.NOT_ALLOWED, "not today"));
  }

  @Test
  void garbageRefuses() throws TimeoutException {
    assertThat(decide(200, "<html>welcome</html>")).isEqualTo(Refusals.undecided());
    assertThat(decide(200, "[]")).isEqualTo(Refusals.undecided());
    assertThat(decide(500, "{\"allowed\": true}")).isEqualTo(Refusals.undecided());
    assertThat(decide(302, "")).isEqualTo(Refusals.undecided());
  }

  @Test
  void asksWhatAClientOfTopicsMayDo() throws TimeoutException {
    CompletableFuture<JsonObject> asked = new CompletableFuture<>();
    TopicCredential device =
        new TopicCredential(
            Optional.of("hall-7"),
            Optional.of("a-secret"),
            Optional.empty(),
            "192.0.2.7",
            false,
            "mqtt");
    HttpServer server =
        listen(
            request ->
                request
                    .body()
                    .onSuccess(
                        body -> {
                          asked.complete(body.toJsonObject());
                          request
                              .response()
                              .end("{\"allowed\": true, \"topics\": {\"publish\": [\"a/#\"]}}");
                        }));

    TopicDecision decision =
        rules(server.actualPort(), LONG).authenticate(device).await(20, TimeUnit.SECONDS);

    assertThat(asked.join().getString("action")).isEqualTo("connect");
    assertThat(asked.join().getString("user")).isEqualTo("hall-7");
    assertThat(((Granted) decision).grant().principal()).isEqualTo("callback:hall-7");
    server.close().await(20, TimeUnit.SECONDS);
    assertThat(rules(server.actualPort(), LONG).authenticate(device).await(20, TimeUnit.SECONDS))
        .isEqualTo(Refusals.undecided());
  }

  @Test
  void noAnswerInTimeRefuses() throws TimeoutException {
    assertThat(decide(request -> {}, SHORT)).isEqualTo(Refusals.undecided());
  }

  @Test
  void anAnswerThatNeverEndsRefuses() throws TimeoutException {
    assertThat(
            decide(
                request -> {
                  request.response().setChunked(true);
                  request.response().write("{\"allowed\": ");
                },
                SHORT))
        .isEqualTo(Refusals.undecided());
  }

  @Test
  void anAnswerThatIsTooLongRefusesBeforeItsEnd() throws TimeoutException {
    Buffer spaces = Buffer.buffer(" ".repeat(CallbackExchange.LONGEST_ANSWER));
    CompletableFuture<Boolean> cutOff = new CompletableFuture<>();

    AccessDecision decision =
        decide(
            request -> {
              request.connection().closeHandler(v -> cutOff.complete(true));
              request.response().setChunked(true);
              request.response().write(spaces);
              request.response().write("{\"allowed\": true}");
            },
            LONG);

    assertThat(decision).isEqualTo(Refusals.undecided());
    assertThat(cutOff.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
  }

  @Test
  void aServiceThatIsNotThereRefuses() throws TimeoutException {
    HttpServer server = listen(request -> request.response().end());
    int port = server.actualPort();
    server.close().await(20, TimeUnit.SECONDS);

    assertThat(decide(port, LONG)).isEqualTo(Refusals.undecided());
  }

  @Test
  void aConnectionThatBreaksRefuses() throws TimeoutException {
    assertThat(decide(request -> request.connection().close(), LONG))
        .isEqualTo(Refusals.undecided());
  }

  private AccessDecision decide(int status, String body) throws TimeoutException {
    return decide(request -> request.response().setStatusCode(status).end(body), LONG);
  }

  private AccessDecision decide(Handler<HttpServerRequest> service, Duration timeout)
      throws TimeoutException {
    return decide(listen(service).actualPort(), timeout);
  }

  private AccessDecision decide(int port, Duration timeout) throws TimeoutException {
    return rules(port, timeout).decide(CAMERA).await(20, TimeUnit.SECONDS);
  }

  private CallbackRules rules(int port, Duration timeout) {
    URI url = URI.create("http://127.0.0.1:" + port + "/may-they?for=us");
    return new CallbackRules(
        vertx, new AccessConfig.Callback(url, timeout), InstantSource.system());
  }

  private HttpServer listen(Handler<HttpServerRequest> service) throws TimeoutException {
    return vertx
        .createHttpServer()
        .requestHandler(service)
        .listen(0, "127.0.0.1")
        .await(20, TimeUnit.SECONDS);
  }
}

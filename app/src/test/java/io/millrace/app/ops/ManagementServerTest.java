package io.millrace.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
  private final Vertx vertx = Vertx.vertx();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Health health = new Health();
  private final ManagementServer server = new ManagementServer("127.0.0.1", 0, health, registry);
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws TimeoutException {
    vertx.deployVerticle(server).await(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws TimeoutException {
    client.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void writesMetricsAsPrometheusText() throws Exception {
    Counter.builder().name("millrace_test_things_total").help("Things").register(registry).inc(3);

    HttpResponse<String> answer = send("GET", "/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body()).contains("\nmillrace_test_things_total 3.0\n");
  }

  @Test
  void isLiveEvenWhereNothingIsReady() throws Exception {
    HttpResponse<String> answer = send("GET", "/health/live");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(answer.body())).isEqualTo(new JsonObject().put("status", "live"));
  }

  @Test
  void namesEveryRoleAndIs503UntilAllAreReady() throws Exception {
    health.part("origin", () -> Health.Part.READY);
    health.part("catalog", () -> Health.Part.notReady("starting"));

    HttpResponse<String> early = send("GET", "/health/ready");
    health.part("catalog", () -> Health.Part.READY);
    HttpResponse<String> later = send("GET", "/health/ready");

    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(new JsonObject(early.body()))
        .isEqualTo(
            new JsonObject(
                """
                {"status": "not ready", "roles": {
                  "catalog": {"ready": false, "detail": "starting"},
                  "origin": {"ready": true, "detail": "ready"}}}
                """));
    assertThat(later.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(later.body()).getString("status")).isEqualTo("ready");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    health.part("origin", () -> Health.Part.READY);

    HttpResponse<String> answer = send("HEAD", "/health/ready");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void saysWhatThereIsWhereThereIsNothing() throws Exception {
    HttpResponse<String> answer = send("GET", "/");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("/metrics");
  }

  @Test
  void isOnlyRead() throws Exception {
    HttpResponse<String> answer = send("POST", "/health/ready");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  private HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + server.actualPort() + path);
    return client.send(
        HttpRequest.newBuilder(address).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}

package io.millrace.broker.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.log.LogException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is refused of requests, and where it is said. */
class RefusedRequestsTest {
  private final PlainRequests requests = new PlainRequests();
  private final DoorsFixture fixture = requests.fixture;

  @AfterEach
  void close() {
    requests.close();
  }

  private HttpRequest.Builder request(String path) {
    return requests.request(path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return requests.send(request);
  }

  private HttpResponse<String> batch(String path, String body)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("content-type", Publishing.BATCH)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static JsonObject error(JsonArray results, int number) {
    return results.getJsonObject(number).getJsonObject("error");
  }

  @Test
  void whatIsWrongInOneMessageOfABatchIsSaidInItsPlace() throws Exception {
    HttpResponse<String> answer =
        batch(
            "topics",
            "[{\"topic\":\"plant/a\",\"text\":\"1\"},{\"text\":\"2\"},"
                + "{\"topic\":\"plant/a\",\"txet\":\"3\"},{\"topic\":\"plant/a\",\"ttl\":1.5},7,"
                + "{\"topic\":\"plant/a\",\"text\":\"\\ud800\"},"
                + "{\"topic\":\"plant/a\",\"text\":\"4\"}]");

    assertThat(answer.statusCode()).isEqualTo(207);
    JsonArray results = new JsonObject(answer.body()).getJsonArray("results");
    Map<Integer, String> expected =
        Map.of(1, "'topic' is missing", 2, "'txet'", 3, "'ttl'", 4, "object", 5, "half");
    expected.forEach(
        (number, words) -> {
          assertThat(error(results, number).getString("code")).isEqualTo("bad-request");
          assertThat(error(results, number).getString("message")).contains(words);
        });
    assertThat(results.getJsonObject(0).getString("position")).isNotEmpty();
    assertThat(results.getJsonObject(6).getString("position")).isNotEmpty();
    JsonArray messages =
        new JsonObject(send(request("topics/plant/a?last=10")).body()).getJsonArray("messages");
    assertThat(messages.stream().map(one -> ((JsonObject) one).getString("text")))
        .containsExactly("1", "4");
    HttpResponse<String> none = batch("topics/plant/a", "[{\"text\":1}]");
    assertThat(none.statusCode()).isEqualTo(207);
    assertThat(new JsonObject(none.body()).getJsonArray("results")).hasSize(1);
  }

  @Test
  void nothingIsPublishedBeforeWhatItsTopicWasRefusedForNow() throws Exception {
    fixture.log.refuseNext(new LogException(LogException.Reason.UNAVAILABLE, "not now"));
    HttpResponse<String> answer =
        batch(
            "topics",
            "[{\"topic\":\"plant/a\",\"text\":\"1\"},{\"topic\":\"plant/b\",\"text\":\"2\"},"
                + "{\"topic\":\"plant/a\",\"text\":\"3\"}]");

    assertThat(answer.statusCode()).isEqualTo(207);
    JsonArray results = new JsonObject(answer.body()).getJsonArray("results");
    for (int number : List.of(0, 2)) {
      assertThat(error(results, number).getString("code")).isEqualTo("unavailable");
      assertThat(error(results, number).getString("message")).contains("not now");
    }
    assertThat(results.getJsonObject(1).getString("position")).isNotEmpty();

    fixture.log.refuseNext(new LogException(LogException.Reason.TOO_LARGE, "never"));
    JsonArray others =
        new JsonObject(batch("topics/plant/c", "[{\"text\":\"1\"},{\"text\":\"2\"}]").body())
            .getJsonArray("results");
    assertThat(error(others, 0).getString("code")).isEqualTo("too-large");
    assertThat(others.getJsonObject(1).getString("position")).isNotEmpty();
  }

  /** Whoever reads it later would take the encoded bytes for the message. */
  @Test
  void anEncodedBodyIsRefusedForItIsKeptAsItComes() throws Exception {
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("[{\"text\":\"1\"}]");
    for (String coding : List.of("gzip", "br", "identity, gzip")) {
      for (String type : List.of("text/plain", Publishing.BATCH)) {
        HttpResponse<String> answer =
            send(
                request("topics/plant/a")
                    .header("content-encoding", coding)
                    .header("content-type", type)
                    .POST(body));
        assertThat(answer.statusCode()).as(coding).isEqualTo(415);
        assertThat(answer.headers().firstValue("accept-encoding")).contains("identity");
        JsonObject problem = new JsonObject(answer.body());
        assertThat(problem.getString("type")).endsWith(":unsupported-encoding");
        assertThat(problem.getString("detail")).contains("without Content-Encoding");
      }
    }
    assertThat(send(request("topics/plant/a?last=1")).body()).doesNotContain("\"text\"");
    assertThat(
            send(request("topics/plant/a").header("content-encoding", "identity").POST(body))
                .statusCode())
        .isEqualTo(200);
  }

  private void refused(HttpRequest.Builder request, String words) throws Exception {
    HttpResponse<String> answer = send(request);
    assertThat(answer.statusCode()).as(words).isEqualTo(400);
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("type")).endsWith("bad-request");
    assertThat(problem.getString("detail")).contains(words);
  }

  @Test
  void parametersThatAreNotKnownOrWrongAreRefused() throws Exception {
    HttpRequest.BodyPublisher text = HttpRequest.BodyPublishers.ofString("x");
    refused(request("topics/plant/a?bogus=1"), "'bogus'");
    refused(request("topics/plant/a?last=1&last=2"), "'last'");
    refused(request("topics/plant/a?ttl=1s"), "'ttl'");
    refused(request("topics/plant/a?limit=ten"), "limit");
    refused(request("topics/plant/a?limt=10").header("accept", "text/event-stream"), "'limt'");
    refused(request("topics/plant/a?limit=10").header("accept", "text/event-stream"), "'limit'");
    refused(request("subscribe?filter=plant/a&bogus"), "'bogus'");
    refused(request("topics/plant/a?retain=maybe").POST(text), "retain");
    refused(request("topics/plant/a?Retain=true").POST(text), "'Retain'");
    refused(request("topics/plant/a?last=1").POST(text), "'last'");
    refused(
        request("topics/plant/a?ttl=1s").header("content-type", Publishing.BATCH).POST(text),
        "'ttl'");
    assertThat(send(request("topics/plant/a?last=1")).body()).doesNotContain("\"text\"");

    for (String good : List.of("retain=false", "retain=true&ttl=1h&token=all", "")) {
      assertThat(send(request("topics/plant/a?" + good).POST(text)).statusCode()).isEqualTo(200);
    }
    assertThat(
            send(request("topics/plant/a?since=0&limit=2&wait=1s&where=true&token=all"))
                .statusCode())
        .isEqualTo(200);
  }
}

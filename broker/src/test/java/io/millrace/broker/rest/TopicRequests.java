package io.millrace.broker.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.DoorsFixture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Requests to the topics' door with a key that opens all. */
final class TopicRequests {
  private final DoorsFixture fixture;

  TopicRequests(DoorsFixture fixture) {
    this.fixture = fixture;
  }

  /** An answer with its body. */
  record Reply(HttpClientResponse head, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }

    int status() {
      return head.statusCode();
    }

    List<String> texts() {
      JsonArray messages = json().getJsonArray("messages");
      return messages.stream().map(one -> ((JsonObject) one).getString("text")).toList();
    }
  }

  Future<Reply> send(HttpMethod method, String uri, String body, Map<String, String> more) {
    RequestOptions options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(fixture.listener.port())
            .setMethod(method)
            .setURI(uri)
            .putHeader("authorization", "Bearer all");
    more.forEach(options::putHeader);
    return onALoop(
        () ->
            fixture
                .client
                .request(options)
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(head -> head.body().map(text -> new Reply(head, text.toString()))));
  }

  /** What asks and what takes the answer are on one loop, so that nothing of it is missed. */
  <T> Future<T> onALoop(Supplier<Future<T>> task) {
    Promise<T> done = Promise.promise();
    fixture.vertx.runOnContext(go -> task.get().onComplete(done));
    return done.future();
  }

  Reply get(String uri) {
    return DoorsFixture.join(send(HttpMethod.GET, uri, "", Map.of()));
  }

  Reply post(String uri, String body, Map<String, String> headers) {
    return DoorsFixture.join(send(HttpMethod.POST, uri, body, headers));
  }

  static void problem(Reply reply, int status, String code) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.head().getHeader("content-type")).isEqualTo("application/problem+json");
    String type = reply.json().getString("type");
    if (code.equals("bad-topic-or-filter")) {
      assertThat(type).endsWith(":bad-filter");
    } else {
      assertThat(type).endsWith(":" + code);
    }
  }
}

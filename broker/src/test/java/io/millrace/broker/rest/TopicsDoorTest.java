package io.millrace.broker.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantId;
import io.millrace.broker.door.DoorsFixture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicsDoorTest {
  private final DoorsFixture fixture = new DoorsFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private record Reply(HttpClientResponse head, String body) {
    private JsonObject json() {
      return new JsonObject(body);
    }

    private int status() {
      return head.statusCode();
    }

    private List<String> texts() {
      JsonArray messages = json().getJsonArray("messages");
      return messages.stream().map(one -> ((JsonObject) one).getString("text")).toList();
    }
  }

  private Future<Reply> send(HttpMethod method, String uri, String body, Map<String, String> more) {
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
  private <T> Future<T> onALoop(Supplier<Future<T>> task) {
    Promise<T> done = Promise.promise();
    fixture.vertx.runOnContext(go -> task.get().onComplete(done));
    return done.future();
  }

  private Reply get(String uri) {
    return DoorsFixture.join(send(HttpMethod.GET, uri, "", Map.of()));
  }

  private Reply post(String uri, String body, Map<String, String> headers) {
    return DoorsFixture.join(send(HttpMethod.POST, uri, body, headers));
  }

  @Test
  void aLongPollEndsWithTheGrant() {
    Future<Reply> waiting = send(HttpMethod.GET, "/api/v1/topics/plant/a?wait=10s", "", Map.of());
    await().until(() -> fixture.grants.size() == 1);
    fixture.grants.revoke(GrantId.key("test"));
    problem(DoorsFixture.join(waiting), 401, "expired");
  }

  @Test
  void whatIsJsonOnlyInAnotherEncodingIsText() {
    String utf16 = "[\0]\0";
    DoorsFixture.join(
        send(
            HttpMethod.POST,
            "/api/v1/topics/plant/a",
            utf16,
            Map.of("content-type", "application/json")));
    JsonObject message =
        get("/api/v1/topics/plant/a?last=1").json().getJsonArray("messages").getJsonObject(0);
    assertThat(message.getString("text")).isEqualTo(utf16);
  }

  @Test
  void whatIsPublishedIsReadAgain() {
    Reply first =
        post(
            "/api/v1/topics/plant/hall/t%C3%BCr",
            "{\"v\":1}",
            Map.of(
                "content-type", "application/json", "ce-type", "door", "mr-header-Colour", "red"));

    assertThat(first.status()).isEqualTo(200);
    Reply read = get("/api/v1/topics/plant/hall/t%C3%BCr");
    JsonObject message = read.json().getJsonArray("messages").getJsonObject(0);
    assertThat(message.getString("topic")).isEqualTo("plant/hall/tür");
    assertThat(message.getJsonObject("payload")).isEqualTo(new JsonObject().put("v", 1));
    assertThat(message.getJsonObject("headers").getMap())
        .isEqualTo(Map.of("ce_type", "door", "colour", "red"));
    assertThat(message.getString("position")).isEqualTo(first.json().getString("position"));
    assertThat(read.json().getBoolean("complete")).isTrue();
  }

  @Test
  void theSameIdempotencyKeyPublishesOnce() {
    Map<String, String> key = Map.of("idempotency-key", "\"k1\"");
    Reply first = post("/api/v1/topics/plant/a", "x", key);
    Reply second = post("/api/v1/topics/plant/a", "x", key);

    assertThat(second.json()).isEqualTo(first.json());
    assertThat(get("/api/v1/topics/plant/a?last=10").texts()).containsExactly("x");
  }

  @Test
  void aBatchAnswersForEachMessage() {
    Map<String, String> batch = Map.of("content-type", Publishing.BATCH);
    Reply good = post("/api/v1/topics/plant/a", "[{\"text\":\"1\"},{\"text\":\"2\"}]", batch);
    Reply mixed =
        post(
            "/api/v1/topics",
            "[{\"topic\":\"plant/a\",\"text\":\"3\"},{\"topic\":\"other/a\",\"text\":\"4\"}]",
            batch);

    assertThat(good.status()).isEqualTo(200);
    assertThat(good.json().getJsonArray("results")).hasSize(2);
    assertThat(mixed.status()).isEqualTo(207);
    assertThat(
            mixed
                .json()
                .getJsonArray("results")
                .getJsonObject(1)
                .getJsonObject("error")
                .getString("code"))
        .isEqualTo("not-authorized");
    assertThat(get("/api/v1/topics/plant/a?last=10").texts()).containsExactly("1", "2", "3");
    assertThat(post("/api/v1/topics/plant/a", "[", batch).status()).isEqualTo(400);
    assertThat(post("/api/v1/topics", "x", Map.of()).status()).isEqualTo(400);
  }

  @Test
  void readsOnFromAPositionAlsoOverWildcards() {
    for (int i = 0; i < 12; i++) {
      fixture.publish("hall/" + i % 3, "m" + i);
    }
    List<String> all = new ArrayList<>();
    String query = "?last=12&limit=5";
    boolean isComplete = false;
    while (!isComplete) {
      Reply page = get("/api/v1/topics/plant/hall/%2B" + query);
      all.addAll(page.texts());
      query = "?limit=5&after=" + page.json().getString("position");
      isComplete = page.json().getBoolean("complete");
    }
    assertThat(all).hasSize(12).doesNotHaveDuplicates();
  }

  @Test
  void aLongPollAnswersWithTheNextMessage() {
    Future<Reply> waiting = send(HttpMethod.GET, "/api/v1/topics/plant/a?wait=10s", "", Map.of());
    await().until(() -> fixture.grants.size() == 1);
    // The grant is in use from before the subscription: publish until one comes after it.
    await()
        .until(
            () -> {
              fixture.publish("a", "x");
              return waiting.isComplete();
            });

    assertThat(waiting.result().texts()).contains("x");
    Reply empty = get("/api/v1/topics/plant/b?wait=10ms");
    assertThat(empty.status()).isEqualTo(200);
    assertThat(empty.texts()).isEmpty();
    assertThat(empty.json().getString("position")).isNotEmpty();
  }

  @Test
  void aLongPollSinceATimeWaitsThoughItIsBehindAGap() {
    Reply none = get("/api/v1/topics/wire/a?since=0");
    assertThat(none.json().getJsonArray("gaps")).hasSize(1);
    Future<Reply> waiting =
        send(HttpMethod.GET, "/api/v1/topics/wire/a?since=0&wait=20s", "", Map.of());
    await().until(() -> fixture.grants.size() == 1);
    await()
        .until(
            () -> {
              post("/api/v1/topics/wire/a", "x", Map.of());
              return waiting.isComplete();
            });

    assertThat(waiting.result().texts()).contains("x");
    assertThat(waiting.result().json().getJsonArray("gaps")).hasSize(1);
  }

  @Test
  void refusesWithProblems() {
    problem(get("/api/v1/topics/plant"), 400, "bad-topic-or-filter");
    problem(get("/api/v1/topics/nowhere/a"), 404, "no-such-namespace");
    problem(get("/api/v1/topics/other/a"), 403, "not-authorized");
    problem(get("/api/v1/topics/plant/a?after=x"), 400, "bad-position");
    problem(get("/api/v1/topics/plant/a?last=1&since=1"), 400, "bad-request");
    problem(get("/api/v1/topics/plant/a?limit=0"), 400, "bad-request");
    problem(get("/api/v1/topics/plant/a?wait=long"), 400, "bad-request");
    problem(get("/api/v1/topics/plant/a%ff"), 400, "bad-topic");
    problem(get("/api/v1/topics/plant/a?where=("), 400, "bad-expression");
    problem(get("/api/v1/subscribe"), 400, "bad-request");
    problem(post("/api/v1/topics/plant/a", "x".repeat(150_000), Map.of()), 413, "too-large");
    problem(post("/api/v1/topics/plant/a", "x".repeat(250_000), Map.of()), 413, "too-large");
    problem(post("/api/v1/topics/plant/a?ttl=x", "x", Map.of()), 400, "bad-request");
    Reply stranger = post("/api/v1/topics/plant/a", "x", Map.of("authorization", "Bearer no"));
    problem(stranger, 401, "not-authenticated");
    assertThat(stranger.head().getHeader("www-authenticate")).isEqualTo("Bearer");
    Reply method =
        DoorsFixture.join(send(HttpMethod.DELETE, "/api/v1/topics/plant/a", "", Map.of()));
    problem(method, 405, "method-not-allowed");
    assertThat(method.head().getHeader("allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
  }

  @Test
  void aCredentialOfAnotherTenantOpensNoNamespaceOfThisOne() {
    Reply foreign = post("/api/v1/topics/plant/a", "x", Map.of("authorization", "Bearer stranger"));

    problem(foreign, 403, "not-authorized");
    assertThat(foreign.json().getString("detail")).contains("'default'").contains("'acme'");
  }

  private static void problem(Reply reply, int status, String code) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.head().getHeader("content-type")).isEqualTo("application/problem+json");
    String type = reply.json().getString("type");
    if (code.equals("bad-topic-or-filter")) {
      assertThat(type).endsWith(":bad-filter");
    } else {
      assertThat(type).endsWith(":" + code);
    }
  }

  @Test
  void pagesOfOtherSitesMayAskWithTheirOwnCredential() {
    Reply preflight =
        DoorsFixture.join(
            send(
                HttpMethod.OPTIONS,
                "/api/v1/topics/plant/a",
                "",
                Map.of(
                    "origin", "https://example.org",
                    "access-control-request-headers", "authorization")));
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.head().getHeader("access-control-allow-origin")).isEqualTo("*");
    assertThat(preflight.head().getHeader("access-control-allow-headers"))
        .isEqualTo("authorization");
  }

  /** Server-sent events as they come. */
  private final class Events {
    @SuppressWarnings("JdkObsolete") // two threads
    private final StringBuffer heard = new StringBuffer();

    private final HttpClientResponse head;

    private Events(String uri, Map<String, String> headers) {
      RequestOptions options =
          new RequestOptions()
              .setHost("127.0.0.1")
              .setPort(fixture.listener.port())
              .setURI(uri)
              .putHeader("accept", "text/event-stream")
              .putHeader("authorization", "Bearer all");
      headers.forEach(options::putHeader);
      head =
          DoorsFixture.join(
              onALoop(
                  () ->
                      fixture
                          .client
                          .request(options)
                          .compose(
                              request ->
                                  request
                                      .send()
                                      .onSuccess(
                                          response ->
                                              response.handler(part -> heard.append(part))))));
    }

    private Events hear(String text) {
      await().until(() -> heard.indexOf(text) >= 0);
      return this;
    }

    private List<JsonObject> messages() {
      List<JsonObject> messages = new ArrayList<>();
      for (String event : heard.toString().split("\n\n", -1)) {
        if (event.contains("data: ") && !event.contains("event: ") && event.endsWith("}")) {
          messages.add(new JsonObject(event.substring(event.indexOf("data: ") + 6)));
        }
      }
      return messages;
    }

    private List<String> texts() {
      return messages().stream().map(message -> message.getString("text")).toList();
    }

    /** The last id of a whole event. */
    private String id() {
      String whole = heard.substring(0, heard.lastIndexOf("\n\n"));
      int from = whole.lastIndexOf("id: ") + 4;
      int end = whole.indexOf('\n', from);
      return end < 0 ? whole.substring(from) : whole.substring(from, end);
    }

    private void close() {
      DoorsFixture.join(head.request().connection().close());
    }
  }

  @Test
  void eventsResumeWhereTheLastIdSays() {
    Events events = new Events("/api/v1/topics/plant/hall/%23", Map.of());
    events.hear("event: caught-up");
    assertThat(events.head.getHeader("content-type")).isEqualTo("text/event-stream");
    for (int i = 0; i < 10; i++) {
      fixture.publish("hall/" + i % 3, "m" + i);
    }
    await().until(() -> events.texts().size() == 10);
    String id = events.id();
    events.close();
    for (int i = 10; i < 20; i++) {
      fixture.publish("hall/" + i % 3, "m" + i);
    }

    Events again = new Events("/api/v1/topics/plant/hall/%23", Map.of("last-event-id", id));
    // Also after that it has caught up, with what the tail reads by then.
    await().until(() -> again.texts().size() >= 10);

    List<String> both = new ArrayList<>(events.texts());
    both.addAll(again.texts());
    assertThat(both).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void severalFiltersShareOneIdFromWhichAllGoOn() {
    String uri = "/api/v1/subscribe?filter=plant/a&filter=plant/b/%2B&filter=wire/%23";
    Events events = new Events(uri, Map.of());
    await().until(() -> events.heard.toString().split("caught-up", -1).length == 4);
    String before = events.id();
    assertThat(before.split("\\.", -1)).hasSize(3);
    fixture.publish("a", "1");
    fixture.publish("b/x", "2");
    fixture.publish("c", "none");
    await().until(() -> events.texts().size() == 2);
    String after = events.id();
    fixture.publish("b/x", "3");
    events.close();

    Events again = new Events(uri, Map.of("last-event-id", before));
    // Of two topics the log gives no order.
    await().until(() -> again.texts().size() >= 3);
    assertThat(again.texts()).containsExactlyInAnyOrder("1", "2", "3");
    Events later = new Events(uri + "&lastEventId=" + after, Map.of());
    later.hear("\"text\":\"3\"");
    assertThat(later.texts()).containsExactly("3");
    problem(
        DoorsFixture.join(send(HttpMethod.GET, uri, "", Map.of("last-event-id", "x"))),
        400,
        "bad-position");
  }

  @Test
  void aSlowReaderOfEventsMissesNothing() {
    Events events = new Events("/api/v1/topics/plant/one", Map.of());
    events.hear("event: caught-up");
    events.head.pause();
    String filling = "x".repeat(1000);
    int count = 8000;
    for (int i = 0; i < count; i++) {
      fixture.publish("one", i + filling);
    }
    events.head.resume();

    events.hear("\"" + (count - 1) + filling);
    List<String> texts = events.texts();
    assertThat(texts).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(texts.get(i)).startsWith(i + "x");
    }
  }

  @Test
  void eventsEndWithTheGrant() {
    Events events = new Events("/api/v1/topics/plant/one", Map.of());
    events.hear("event: caught-up");

    fixture.grants.revoke(GrantId.key("test"));

    events.hear("event: ended").hear("\"code\":\"expired\"");
    await().until(() -> fixture.grants.size() == 0);
  }

  @Test
  void oneMessageOfManyOutboxesIsTakenAndWhatFollowsItToo() {
    String large = "x".repeat(80_000);
    fixture.publish("large", large);
    Events events = new Events("/api/v1/topics/plant/large?last=1", Map.of());
    events.hear(large).hear("event: caught-up");
    fixture.publish("large", "after");
    events.hear("after");
  }
}

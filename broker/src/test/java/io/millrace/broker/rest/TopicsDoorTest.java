package io.millrace.broker.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantId;
import io.millrace.broker.door.DoorsFixture;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Topics over HTTP, by request and answer. */
class TopicsDoorTest {
  private final DoorsFixture fixture = new DoorsFixture();
  private final TopicRequests requests = new TopicRequests(fixture);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aLongPollEndsWithTheGrant() {
    Future<TopicRequests.Reply> waiting =
        requests.send(HttpMethod.GET, "/api/v1/topics/plant/a?wait=10s", "", Map.of());
    await().until(() -> fixture.grants.size() == 1);
    fixture.grants.revoke(GrantId.key("test"));
    TopicRequests.problem(DoorsFixture.join(waiting), 401, "expired");
  }

  @Test
  void whatIsJsonOnlyInAnotherEncodingIsText() {
    String utf16 = "[\0]\0";
    DoorsFixture.join(
        requests.send(
            HttpMethod.POST,
            "/api/v1/topics/plant/a",
            utf16,
            Map.of("content-type", "application/json")));
    JsonObject message =
        requests
            .get("/api/v1/topics/plant/a?last=1")
            .json()
            .getJsonArray("messages")
            .getJsonObject(0);
    assertThat(message.getString("text")).isEqualTo(utf16);
  }

  @Test
  void whatIsPublishedIsReadAgain() {
    TopicRequests.Reply first =
        requests.post(
            "/api/v1/topics/plant/hall/t%C3%BCr",
            "{\"v\":1}",
            Map.of(
                "content-type", "application/json", "ce-type", "door", "mr-header-Colour", "red"));

    assertThat(first.status()).isEqualTo(200);
    TopicRequests.Reply read = requests.get("/api/v1/topics/plant/hall/t%C3%BCr");
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
    TopicRequests.Reply first = requests.post("/api/v1/topics/plant/a", "x", key);
    TopicRequests.Reply second = requests.post("/api/v1/topics/plant/a", "x", key);

    assertThat(second.json()).isEqualTo(first.json());
    assertThat(requests.get("/api/v1/topics/plant/a?last=10").texts()).containsExactly("x");
  }

  @Test
  void aBatchAnswersForEachMessage() {
    Map<String, String> batch = Map.of("content-type", Publishing.BATCH);
    TopicRequests.Reply good =
        requests.post("/api/v1/topics/plant/a", "[{\"text\":\"1\"},{\"text\":\"2\"}]", batch);
    TopicRequests.Reply mixed =
        requests.post(
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
    assertThat(requests.get("/api/v1/topics/plant/a?last=10").texts())
        .containsExactly("1", "2", "3");
    assertThat(requests.post("/api/v1/topics/plant/a", "[", batch).status()).isEqualTo(400);
    assertThat(requests.post("/api/v1/topics", "x", Map.of()).status()).isEqualTo(400);
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
      TopicRequests.Reply page = requests.get("/api/v1/topics/plant/hall/%2B" + query);
      all.addAll(page.texts());
      query = "?limit=5&after=" + page.json().getString("position");
      isComplete = page.json().getBoolean("complete");
    }
    assertThat(all).hasSize(12).doesNotHaveDuplicates();
  }

  @Test
  void aLongPollAnswersWithTheNextMessage() {
    Future<TopicRequests.Reply> waiting =
        requests.send(HttpMethod.GET, "/api/v1/topics/plant/a?wait=10s", "", Map.of());
    await().until(() -> fixture.grants.size() == 1);
    // The grant is in use from before the subscription: publish until one comes after it.
    await()
        .until(
            () -> {
              fixture.publish("a", "x");
              return waiting.isComplete();
            });

    assertThat(waiting.result().texts()).contains("x");
    TopicRequests.Reply empty = requests.get("/api/v1/topics/plant/b?wait=10ms");
    assertThat(empty.status()).isEqualTo(200);
    assertThat(empty.texts()).isEmpty();
    assertThat(empty.json().getString("position")).isNotEmpty();
  }

  @Test
  void aLongPollSinceATimeWaitsThoughItIsBehindAGap() {
    TopicRequests.Reply none = requests.get("/api/v1/topics/wire/a?since=0");
    assertThat(none.json().getJsonArray("gaps")).hasSize(1);
    Future<TopicRequests.Reply> waiting =
        requests.send(HttpMethod.GET, "/api/v1/topics/wire/a?since=0&wait=20s", "", Map.of());
    await().until(() -> fixture.grants.size() == 1);
    await()
        .until(
            () -> {
              requests.post("/api/v1/topics/wire/a", "x", Map.of());
              return waiting.isComplete();
            });

    assertThat(waiting.result().texts()).contains("x");
    assertThat(waiting.result().json().getJsonArray("gaps")).hasSize(1);
  }

  @Test
  void refusesWithProblems() {
    TopicRequests.problem(requests.get("/api/v1/topics/plant"), 400, "bad-topic-or-filter");
    TopicRequests.problem(requests.get("/api/v1/topics/nowhere/a"), 404, "no-such-namespace");
    TopicRequests.problem(requests.get("/api/v1/topics/other/a"), 403, "not-authorized");
    TopicRequests.problem(requests.get("/api/v1/topics/plant/a?after=x"), 400, "bad-position");
    TopicRequests.problem(
        requests.get("/api/v1/topics/plant/a?last=1&since=1"), 400, "bad-request");
    TopicRequests.problem(requests.get("/api/v1/topics/plant/a?limit=0"), 400, "bad-request");
    TopicRequests.problem(requests.get("/api/v1/topics/plant/a?wait=long"), 400, "bad-request");
    TopicRequests.problem(requests.get("/api/v1/topics/plant/a%ff"), 400, "bad-topic");
    TopicRequests.problem(requests.get("/api/v1/topics/plant/a?where=("), 400, "bad-expression");
    TopicRequests.problem(requests.get("/api/v1/subscribe"), 400, "bad-request");
    TopicRequests.problem(
        requests.post("/api/v1/topics/plant/a", "x".repeat(150_000), Map.of()), 413, "too-large");
    TopicRequests.problem(
        requests.post("/api/v1/topics/plant/a", "x".repeat(250_000), Map.of()), 413, "too-large");
    TopicRequests.problem(
        requests.post("/api/v1/topics/plant/a?ttl=x", "x", Map.of()), 400, "bad-request");
    TopicRequests.Reply stranger =
        requests.post("/api/v1/topics/plant/a", "x", Map.of("authorization", "Bearer no"));
    TopicRequests.problem(stranger, 401, "not-authenticated");
    assertThat(stranger.head().getHeader("www-authenticate")).isEqualTo("Bearer");
    TopicRequests.Reply method =
        DoorsFixture.join(requests.send(HttpMethod.DELETE, "/api/v1/topics/plant/a", "", Map.of()));
    TopicRequests.problem(method, 405, "method-not-allowed");
    assertThat(method.head().getHeader("allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
  }

  @Test
  void aCredentialOfAnotherTenantOpensNoNamespaceOfThisOne() {
    TopicRequests.Reply foreign =
        requests.post("/api/v1/topics/plant/a", "x", Map.of("authorization", "Bearer stranger"));

    TopicRequests.problem(foreign, 403, "not-authorized");
    assertThat(foreign.json().getString("detail")).contains("'default'").contains("'acme'");
  }

  @Test
  void pagesOfOtherSitesMayAskWithTheirOwnCredential() {
    TopicRequests.Reply preflight =
        DoorsFixture.join(
            requests.send(
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
}

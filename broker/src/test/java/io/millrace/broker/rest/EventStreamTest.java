package io.millrace.broker.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.GrantId;
import io.millrace.broker.door.DoorsFixture;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Topics as server-sent events. */
class EventStreamTest {
  private final DoorsFixture fixture = new DoorsFixture();
  private final TopicRequests requests = new TopicRequests(fixture);

  @AfterEach
  void close() {
    fixture.close();
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
              requests.onALoop(
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
    TopicRequests.problem(
        DoorsFixture.join(requests.send(HttpMethod.GET, uri, "", Map.of("last-event-id", "x"))),
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

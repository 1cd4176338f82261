package io.millrace.broker.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Filters by headers and payload, and what is told of gaps, over HTTP and as events. */
class FiltersAndGapsTest {
  private final PlainRequests requests = new PlainRequests();
  private final DoorsFixture fixture = requests.fixture;
  private final HttpClient client = requests.client;

  @AfterEach
  void close() {
    requests.close();
  }

  private HttpRequest.Builder request(String path) {
    return requests.request("topics/" + path);
  }

  private JsonObject history(String path) throws IOException, InterruptedException {
    return new JsonObject(requests.send(request(path)).body());
  }

  private static List<String> payloads(JsonObject history) {
    JsonArray messages = history.getJsonArray("messages");
    return messages.stream().map(one -> ((JsonObject) one).getValue("payload").toString()).toList();
  }

  /** Events as they come: the name, {@code message} where there is none, and the data. */
  private final class Events implements AutoCloseable {
    private record Event(String name, JsonObject data) {}

    private final Stream<String> lines;
    private final Iterator<String> next;

    private Events(String path) throws IOException, InterruptedException {
      lines =
          client
              .send(
                  request(path).header("accept", "text/event-stream").build(),
                  BodyHandlers.ofLines())
              .body();
      next = lines.iterator();
    }

    private Event next() {
      String name = "message";
      while (true) {
        String line = next.next();
        if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          return new Event(name, new JsonObject(line.substring(6)));
        }
      }
    }

    /** All up to the next one of a name. */
    private List<Event> until(String name) {
      List<Event> all = new ArrayList<>();
      do {
        all.add(next());
      } while (!all.getLast().name.equals(name));
      return all;
    }

    @Override
    public void close() {
      lines.close();
    }
  }

  private void publish(String path, int t, String type) throws IOException, InterruptedException {
    int status =
        client
            .send(
                request(path)
                    .header("content-type", "application/json")
                    .header("ce-type", type)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"t\":" + t + "}"))
                    .build(),
                BodyHandlers.discarding())
            .statusCode();
    assertThat(status).isEqualTo(200);
  }

  private static String where(String expression) {
    return "where=" + URLEncoder.encode(expression, StandardCharsets.UTF_8);
  }

  @Test
  void historyAndEventsAreFilteredByHeadersAndPayload() throws Exception {
    for (int i = 0; i < 6; i++) {
      publish("plant/a", i, i % 2 == 0 ? "even" : "odd");
    }
    String both = where("headers.ce_type == 'odd' && payload.t > 2");

    assertThat(payloads(history("plant/%23?since=0&" + both)))
        .containsExactly("{\"t\":3}", "{\"t\":5}");
    assertThat(payloads(history("plant/a?last=2&" + where("headers.ce_type == 'even'"))))
        .containsExactly("{\"t\":2}", "{\"t\":4}");
    try (Events events = new Events("plant/%23?since=0&" + both)) {
      assertThat(events.until("caught-up").stream().filter(one -> one.name.equals("message")))
          .extracting(one -> one.data.getValue("payload").toString())
          .containsExactly("{\"t\":3}", "{\"t\":5}");
      publish("plant/b", 8, "even");
      publish("plant/b", 1, "odd");
      publish("plant/b", 9, "odd");
      assertThat(events.until("message").getLast().data.getValue("payload"))
          .hasToString("{\"t\":9}");
    }
  }

  @Test
  void historyAndEventsTellWhatRetentionHasTaken() throws Exception {
    for (int i = 0; i < 200; i++) {
      fixture.publish("a", i + "x".repeat(1000));
    }
    String position = history("plant/a?last=200&limit=1").getString("position");
    PartitionRef ref = new PartitionRef("plant", 1, MemoryTopicLog.byHash(3).applyAsInt("a"));
    fixture.log.trim(ref, fixture.log.all(ref).get(100).offset());

    JsonObject page = history("plant/a?after=" + position + "&limit=1000");
    assertThat(page.getJsonArray("gaps")).hasSize(1);
    assertThat(page.getJsonArray("gaps").getJsonObject(0).getString("reason"))
        .isEqualTo("retention");
    assertThat(page.getJsonArray("messages")).hasSize(100);
    try (Events events = new Events("plant/a?after=" + position)) {
      List<Events.Event> heard = events.until("caught-up");
      assertThat(heard.getFirst().name).isEqualTo("gap");
      assertThat(heard.getFirst().data.getString("reason")).isEqualTo("retention");
      assertThat(heard.stream().filter(one -> one.name.equals("message"))).hasSize(100);
    }
  }

  /** What a reader gets who takes nothing while so many messages come, until a text is there. */
  private String behind(String policy, int count, String text) throws Exception {
    try (InputStream slow =
        client
            .send(
                request("plant/one?policy=" + policy).header("accept", "text/event-stream").build(),
                BodyHandlers.ofInputStream())
            .body()) {
      for (int i = 0; i < count; i++) {
        fixture.publish("one", i + " " + "x".repeat(1000));
      }
      StringBuilder heard = new StringBuilder();
      byte[] part = new byte[64 * 1024];
      int read = 0;
      while (read >= 0 && heard.indexOf(text) < 0) {
        read = slow.read(part);
        heard.append(new String(part, 0, Math.max(0, read), StandardCharsets.US_ASCII));
      }
      return heard.toString();
    }
  }

  @Test
  void aReaderOfEventsThatIsBehindGoesOnWithTheNewestBehindAGapIfItWantsThat() throws Exception {
    int count = 20_000;
    String heard = behind("drop-oldest", count, "\"text\":\"" + (count - 1) + " ");
    assertThat(heard).contains("event: gap").contains("\"reason\":\"slow\"");
    assertThat(heard.split("\"text\":", -1)).hasSizeLessThan(count);
  }

  @Test
  void aReaderOfEventsThatIsBehindIsEndedWithAReasonIfItWantsThat() throws Exception {
    String heard = behind("disconnect", 20_000, "\"code\":\"too-slow\"");
    assertThat(heard).contains("event: ended").contains("\"code\":\"too-slow\"");
    await().until(() -> fixture.grants.size() == 0);
  }
}

package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.Row;
import io.millrace.bench.crowd.Crowd;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/**
 * Very many subscribers come back at the same time, each 100 messages behind, while others follow
 * another topic: how long until all have everything, and what the others notice. The time counts
 * from the first connection's opening, over WebSocket.
 */
public final class ResumeStorm {
  private static final int BEHIND = 100;
  private static final int OTHERS = 100;
  private static final int PER_SECOND = 20;
  private static final int PAYLOAD_BYTES = 100;
  private static final double GOAL_SECONDS = 5;
  private static final double GOAL_MILLIS = 100;
  private static final Duration MOST = Duration.ofSeconds(60);
  private static final String TOPIC = "logged/storm";

  private ResumeStorm() {}

  public static void main(String[] args) throws IOException {
    Form.print(TopicServer.measured(server -> measure(server, 5000, 3)));
  }

  /**
   * Measures a storm a few times, on one server.
   *
   * @param times the first ones warm it up; the last one counts
   */
  static List<Row> measure(TopicServer server, int subscribers, int times) throws IOException {
    try (HttpTopics topics = server.http()) {
      Target live = server.webSocket("logged");
      try (Crowd others =
              new Crowd(live.subscribeAt(), OTHERS, Crowd.SOME_AT_ONCE, live.subscribers());
          SteadyPublisher publisher =
              new SteadyPublisher(live.publishTo(), live.password(), live.topic(), PAYLOAD_BYTES)) {
        Awaitility.await("the others").until(() -> others.subscribed() == OTHERS);
        publisher.publish(PER_SECOND, Duration.ofSeconds(5));
        double seconds = 0;
        for (int i = 0; i < times; i++) {
          others.count();
          seconds = storm(server, topics, publisher, subscribers);
        }
        Histogram micros = others.counted();
        String how =
            String.format(
                Locale.ROOT,
                "%d times, the last one; the load on the same two cores; others: p50 %.1f, p99 %.1f,"
                    + " most %.1f ms",
                times,
                micros.getValueAtPercentile(50) / 1000.0,
                micros.getValueAtPercentile(99) / 1000.0,
                micros.getMaxValue() / 1000.0);
        return List.of(
            Row.atMost(
                subscribers + " subscribers back at once, 100 messages behind, all caught up",
                seconds,
                GOAL_SECONDS,
                "s",
                how),
            Row.atMost(
                "the same, p99 of the others' live messages",
                micros.getValueAtPercentile(99) / 1000.0,
                GOAL_MILLIS,
                "ms",
                how));
      }
    }
  }

  private static double storm(
      TopicServer server, HttpTopics topics, SteadyPublisher publisher, int subscribers)
      throws IOException {
    String position = publish(topics, 1);
    publish(topics, BEHIND);
    CompletableFuture<Void> over = new CompletableFuture<>();
    CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> until(over, publisher));
    long begun = System.nanoTime();
    double seconds;
    try (Crowd crowd =
        new Crowd(
            server.httpAddress(),
            subscribers,
            subscribers,
            number -> WebSocketConversation.after(server.token(), TOPIC, position))) {
      crowd.count();
      long expected = (long) subscribers * BEHIND;
      Awaitility.await("all of them")
          .atMost(MOST)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> crowd.subscribed() >= 0 && crowd.soFar() >= expected);
      seconds = (System.nanoTime() - begun) / 1e9;
    } finally {
      over.complete(null);
      publishing.join();
    }
    return seconds;
  }

  private static void until(CompletableFuture<Void> over, SteadyPublisher publisher) {
    try {
      publisher.publish(PER_SECOND, over::isDone);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** Publishes; returns the last one's position. */
  private static String publish(HttpTopics topics, int count) throws IOException {
    String payload =
        new String(Stamp.payload(System.nanoTime(), PAYLOAD_BYTES), StandardCharsets.US_ASCII);
    return new JsonObject(
            topics.publish(
                HttpTopics.batch(
                    IntStream.range(0, count).mapToObj(i -> HttpTopics.message(TOPIC, payload)))))
        .getJsonArray("results")
        .getJsonObject(count - 1)
        .getString("position");
  }
}

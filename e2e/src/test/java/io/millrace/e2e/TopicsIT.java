package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.UncheckedIOException;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics as producers and consumers use them, and what is left when something is killed. */
class TopicsIT {
  private static final Map<String, String> SETTINGS = Map.of("MILLRACE_ROLES", "broker");
  private static final String TOPIC = "public/plant/hall-1";
  private static final int MESSAGES = 400;

  @TempDir private Path data;
  private final Ports ports = Ports.free();

  /** Every message in order, once; a producer tries again under the same id. */
  private static void publishAll(TopicClient client, int from, int to) throws InterruptedException {
    for (int i = from; i < to; i++) {
      int number = i;
      Waiting.within(Duration.ofSeconds(40))
          .ignoreExceptions()
          .until(() -> client.publish(TOPIC, "m" + number, "id-" + number));
    }
  }

  private static List<String> messages(int to) {
    return IntStream.range(0, to).mapToObj(i -> "m" + i).toList();
  }

  @Test
  void everythingAcknowledgedIsThereOnceAfterTheServerAndItsLogWereKilled() throws Exception {
    String lastId;
    List<String> seen = new ArrayList<>();
    try (MillraceProcess first = MillraceProcess.serve(data, ports, SETTINGS);
        TopicClient client = new TopicClient(first)) {
      publishAll(client, 0, 100);
      try (Stream<String> events = client.events("/api/v1/topics/" + TOPIC + "?since=0", "")) {
        lastId = take(events, 60, seen);
      }
      publishAll(client, 100, 150);
      kafka(first).destroyForcibly();
      publishAll(client, 150, 250);
      first.killHard();
      Waiting.within(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(MillraceProcess.processesUsing(data)).isEmpty());
    }
    try (MillraceProcess second = MillraceProcess.serve(data, ports, SETTINGS);
        TopicClient client = new TopicClient(second)) {
      // The producer does not know what became of the last ones, and sends them again.
      publishAll(client, 240, MESSAGES);
      assertThat(client.history(TOPIC)).isEqualTo(messages(MESSAGES));
      try (Stream<String> events = client.events("/api/v1/topics/" + TOPIC, lastId)) {
        take(events, MESSAGES - seen.size(), seen);
      }
      assertThat(seen).isEqualTo(messages(MESSAGES));
      assertThat(second.stop().exitCode()).as(second.log()).isZero();
    }
  }

  /** With this role alone, the only Java program that the server has started. */
  static ProcessHandle kafka(MillraceProcess server) {
    return server.processes().stream()
        .skip(1)
        .filter(process -> process.info().command().orElse("").endsWith("java"))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Takes messages off a stream of events.
   *
   * @return the id of the last one
   */
  private static String take(Stream<String> events, int count, List<String> into) {
    Iterator<String> lines = events.iterator();
    String id = "";
    String idOfMessage = "";
    int taken = 0;
    while (taken < count) {
      String line = lines.next();
      if (line.startsWith("id:")) {
        id = line.substring(3).strip();
      } else if (line.startsWith("data:") && line.contains("\"text\"")) {
        into.add(String.valueOf(Administrator.object(line.substring(5)).get("text")));
        idOfMessage = id;
        taken++;
      }
    }
    return idOfMessage;
  }

  @Test
  void aWebSocketGetsWhatIsPublishedOverHttpAndStrangersGetNothing() throws Exception {
    try (MillraceProcess server = MillraceProcess.serve(data, ports, SETTINGS);
        TopicClient client = new TopicClient(server)) {
      List<Map<?, ?>> frames = new CopyOnWriteArrayList<>();
      WebSocket socket =
          client
              .http()
              .newWebSocketBuilder()
              .buildAsync(client.webSocket(), new Frames(frames))
              .join();
      socket
          .sendText(
              "{\"type\":\"subscribe\",\"sub\":\"s\",\"filter\":\"public/plant/+\","
                  + "\"where\":\"topic.endsWith('hall-1')\"}",
              true)
          .join();
      Waiting.within(Duration.ofSeconds(40))
          .until(() -> frames.stream().anyMatch(frame -> is(frame, "caught-up")));
      assertThat(client.publish("public/plant/hall-2", "other", "a")).isTrue();
      assertThat(client.publish(TOPIC, "hello", "b")).isTrue();
      Waiting.within(Duration.ofSeconds(40))
          .until(() -> frames.stream().anyMatch(frame -> is(frame, "message")));
      assertThat(frames.stream().filter(frame -> is(frame, "message")))
          .extracting(frame -> frame.get("topic") + " " + frame.get("text"))
          .containsExactly(TOPIC + " hello");
      assertThat(server.fetch(server.http("/api/v1/topics/" + TOPIC)).orElseThrow().status())
          .isEqualTo(401);
      assertThat(client.publish("elsewhere/a", "x", "c")).isFalse();
      socket.abort();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean is(Map<?, ?> frame, String type) {
    return type.equals(frame.get("type"));
  }

  private static final class Frames implements WebSocket.Listener {
    private final List<Map<?, ?>> frames;
    private final StringBuilder text = new StringBuilder();

    private Frames(List<Map<?, ?>> frames) {
      this.frames = frames;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        frames.add(Administrator.object(text.toString()));
        text.setLength(0);
      }
      return WebSocket.Listener.super.onText(socket, data, last);
    }
  }
}

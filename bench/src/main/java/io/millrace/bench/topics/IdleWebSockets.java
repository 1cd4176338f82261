package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.LeftBehind;
import io.millrace.bench.Row;
import io.millrace.bench.crowd.Crowd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;

/**
 * What very many WebSocket connections take that are subscribed to a topic each and hear nothing.
 */
public final class IdleWebSockets {
  private static final double GOAL_KIB = 16;
  private static final double KIB = 1024;

  private IdleWebSockets() {}

  public static void main(String[] args) throws IOException {
    Form.print(TopicServer.measured(server -> measure(server, 15_000)));
  }

  static List<Row> measure(TopicServer server, int connections) throws IOException {
    // What the first ones make for all is not theirs.
    open(server, 100).close();
    LeftBehind before = LeftBehind.of(server.program());
    try (Crowd crowd = open(server, connections)) {
      LeftBehind with = LeftBehind.of(server.program());
      double heap = (with.heapBytes() - before.heapBytes()) / connections / KIB;
      double direct = (with.directBytes() - before.directBytes()) / connections / KIB;
      return List.of(
          Row.atMost(
              connections + " idle WebSocket connections, heap and direct memory of each",
              heap + direct,
              GOAL_KIB,
              "KiB",
              String.format(
                  Locale.ROOT,
                  "heap after a full collection %.1f, direct %.1f; resident %.0f MB before, %.0f MB"
                      + " with %d; most: %s",
                  heap,
                  direct,
                  before.residentBytes() / 1e6,
                  with.residentBytes() / 1e6,
                  crowd.subscribed(),
                  with.grown(before))));
    }
  }

  private static Crowd open(TopicServer server, int connections) throws IOException {
    Crowd crowd =
        new Crowd(
            server.httpAddress(),
            connections,
            Crowd.SOME_AT_ONCE,
            number -> new WebSocketConversation(server.token(), "logged/idle/" + number));
    Awaitility.await("subscribers")
        .atMost(Duration.ofMinutes(3))
        .until(() -> crowd.subscribed() == connections);
    return crowd;
  }
}

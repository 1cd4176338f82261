package io.millrace.bench.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.Form;
import io.millrace.bench.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every measurement of topics still works, loses nothing and is not far off what it usually is, on
 * one server that has just started. The goals themselves are for a quiet machine and the long form:
 * RESULTS.md.
 */
class TopicsShortFormIT {
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration COUNTED = Duration.ofSeconds(2);

  /** A processor's time beside a peer's in the same seconds, however busy the machine is. */
  private static final double FAR_OFF = 8;

  /**
   * How much more a delivery may cost a program that still compiles itself, in a few seconds with
   * few deliveries; it usually is 30 to 80 times as much.
   */
  private static final double COLD = 400;

  /** Waits of a busy machine are shorter, a timeout or a poll in the path is longer. */
  private static final double LONGEST_MILLIS = 2000;

  private static Path folder;
  private static TopicServer server;

  @BeforeAll
  static void start() throws IOException {
    folder = Form.newFolder();
    server = TopicServer.start(folder.resolve("server"), Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
    Form.delete(folder);
  }

  @Test
  void fanOut() throws IOException {
    List<Row> rows = FanOut.measure(server, server, 50, List.of(20), WARM_UP, COUNTED);
    printed(rows, Mosquitto.executable().isPresent() ? 6 : 2);
    assertThat(rows)
        .allSatisfy(TopicsShortFormIT::plausible)
        .allSatisfy(row -> assertThat(row.how()).doesNotContainPattern("[1-9]\\d* lost"));
  }

  @Test
  void durablePublish() throws IOException {
    List<Row> rows = DurablePublish.measure(server, List.of(4), WARM_UP, COUNTED);
    printed(rows, Nats.executable().isPresent() ? 3 : 2);
    assertThat(rows).allSatisfy(TopicsShortFormIT::plausible);
  }

  @Test
  void logLatency() throws IOException {
    LogLatency.Latencies latencies = LogLatency.measure(server, WARM_UP, COUNTED);
    printed(latencies.rows(), 2);
    // The two are measured one after the other, so a busy machine makes any ratio of them.
    assertThat(latencies.ours().getValueAtPercentile(99) / 1000.0).isBetween(0.01, LONGEST_MILLIS);
  }

  @Test
  void idleWebSockets() throws IOException {
    List<Row> rows = IdleWebSockets.measure(server, 1000);
    printed(rows, 1);
    // What is reachable does not depend on the machine, but the server keeps other things as well.
    assertThat(rows.getFirst().measured()).isBetween(0.1, rows.getFirst().goal() * 2);
  }

  @Test
  void resumeStorm() throws IOException {
    List<Row> rows = ResumeStorm.measure(server, 200, 1);
    printed(rows, 2);
    assertThat(rows).allSatisfy(TopicsShortFormIT::plausible);
  }

  @Test
  void quietTopic() throws IOException {
    List<Row> rows = QuietTopic.measure(server, 5000, 200, 200);
    printed(rows, 3);
    assertThat(rows).allSatisfy(TopicsShortFormIT::plausible);
  }

  private static void printed(List<Row> rows, int expected) {
    Form.print(rows);
    assertThat(rows).hasSize(expected);
  }

  private static void plausible(Row row) {
    switch (row.unit()) {
      case "ms" -> assertThat(row.measured()).as(row.what()).isBetween(0.001, LONGEST_MILLIS);
      case "s" -> assertThat(row.measured()).as(row.what()).isBetween(0.001, row.goal() * FAR_OFF);
      default -> {
        if (row.higherIsBetter()) {
          assertThat(row.measured()).as(row.what()).isGreaterThan(row.goal() / COLD);
        } else {
          assertThat(row.measured()).as(row.what()).isBetween(0.01, row.goal() * FAR_OFF);
        }
      }
    }
  }
}

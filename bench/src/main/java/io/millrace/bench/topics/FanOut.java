package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.ProcessCost;
import io.millrace.bench.Row;
import io.millrace.bench.crowd.Crowd;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/**
 * One publisher and very many subscribers of its topic, 100 bytes a message: deliveries for each
 * second of the broker's processor time, over MQTT with QoS 0 beside Mosquitto, and over WebSocket.
 * The load is on the same machine and does not count.
 */
public final class FanOut {
  private static final int SUBSCRIBERS = 1000;
  private static final int PAYLOAD_BYTES = 100;
  private static final double GOAL = 1.5;
  private static final double WEBSOCKET_GOAL = 250_000;
  private static final double LOGGED_MORE_MILLIS = 15;
  private static final double WEBSOCKET_P99_MILLIS = 20;
  private static final int MOST_SUBSCRIBERS_SECONDS = 120;

  private FanOut() {}

  private static List<Target> targets(TopicServer ours, TopicServer coalescing) {
    return List.of(
        ours.mqtt("memory"),
        ours.mqtt("logged"),
        ours.webSocket("memory"),
        coalescing.webSocket("memory"));
  }

  /**
   * @param args how many seconds each way into each server is used before anything is measured, 60
   *     where nothing is said: its methods are compiled by then, as those of a server that runs
   */
  public static void main(String[] args) throws IOException {
    Path folder = Form.newFolder();
    try (TopicServer ours = TopicServer.start(folder.resolve("ours"), Map.of());
        TopicServer coalescing =
            TopicServer.start(
                folder.resolve("coalescing"), Map.of("MILLRACE_BROKER_WS_COALESCE", "5ms"))) {
      Duration warmUp = Duration.ofSeconds(args.length == 0 ? 60 : Integer.parseInt(args[0]));
      for (Target target : targets(ours, coalescing)) {
        measure(target, SUBSCRIBERS, 100, warmUp, Duration.ofSeconds(1));
      }
      Duration each = Duration.ofSeconds(10);
      Form.print(measure(ours, coalescing, SUBSCRIBERS, List.of(20, 60, 100), each, each));
    } finally {
      Form.delete(folder);
    }
  }

  /** What one broker did. */
  private record Measured(double perCpuSecond, Histogram micros, long lost) {
    private double millis(double percentile) {
      return micros.getValueAtPercentile(percentile) / 1000.0;
    }
  }

  /**
   * Measures Mosquitto and this program in turns, at each rate.
   *
   * @param coalescing a server that collects what it sends over WebSocket for 5 ms
   * @param rates messages a second
   * @param warmUp at each rate, before anything is counted
   */
  static List<Row> measure(
      TopicServer ours,
      TopicServer coalescing,
      int subscribers,
      List<Integer> rates,
      Duration warmUp,
      Duration counted)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    Path folder = Form.newFolder();
    try {
      for (int rate : rates) {
        String at = subscribers + " subscribers, " + rate + " messages/s";
        Measured memory = measure(ours.mqtt("memory"), subscribers, rate, warmUp, counted);
        Measured logged = measure(ours.mqtt("logged"), subscribers, rate, warmUp, counted);
        if (Mosquitto.executable().isPresent()) {
          try (Mosquitto peer = Mosquitto.start(folder, Ports.free().rtmp())) {
            Measured theirs = measure(peer.target(), subscribers, rate, warmUp, counted);
            rows.addAll(beside("memory", at, memory, theirs, 0));
            rows.addAll(beside("logged", at, logged, theirs, LOGGED_MORE_MILLIS));
          }
        }
        rows.addAll(
            webSocket(
                at,
                measure(ours.webSocket("memory"), subscribers, rate, warmUp, counted),
                measure(coalescing.webSocket("memory"), subscribers, rate, warmUp, counted)));
      }
    } finally {
      Form.delete(folder);
    }
    return rows;
  }

  /**
   * A namespace beside Mosquitto.
   *
   * @param laterMillis by how much its p99 may be later
   */
  private static List<Row> beside(
      String namespace, String at, Measured ours, Measured theirs, double laterMillis) {
    return List.of(
        Row.atLeast(
            "MQTT fan-out, `" + namespace + "`, " + at + ", deliveries a processor second",
            ours.perCpuSecond / theirs.perCpuSecond,
            GOAL,
            "×",
            how(ours) + ", Kafka counted; Mosquitto " + how(theirs)),
        Row.atMost(
            "the same, p99",
            ours.millis(99),
            theirs.millis(99) + laterMillis,
            "ms",
            percentiles(ours) + "; Mosquitto " + percentiles(theirs)));
  }

  private static List<Row> webSocket(String at, Measured atOnce, Measured coalesced) {
    return List.of(
        Row.atLeast(
            "WebSocket fan-out, " + at + ", coalescing 5 ms, deliveries a processor second",
            coalesced.perCpuSecond,
            WEBSOCKET_GOAL,
            "",
            how(coalesced) + "; without coalescing " + how(atOnce)),
        Row.atMost(
            "the same, p99",
            coalesced.millis(99),
            WEBSOCKET_P99_MILLIS,
            "ms",
            percentiles(coalesced) + "; without coalescing " + percentiles(atOnce)));
  }

  private static String how(Measured one) {
    return String.format(
        Locale.ROOT, "%,.0f a second of processor, %d lost", one.perCpuSecond, one.lost);
  }

  private static String percentiles(Measured one) {
    return String.format(
        Locale.ROOT,
        "p50 %.2f, p99 %.2f, p99.9 %.2f, most %.2f ms",
        one.millis(50),
        one.millis(99),
        one.millis(99.9),
        one.millis(100));
  }

  private static Measured measure(
      Target target, int subscribers, int rate, Duration warmUp, Duration counted)
      throws IOException {
    try (Crowd crowd =
            new Crowd(target.subscribeAt(), subscribers, Crowd.SOME_AT_ONCE, target.subscribers());
        SteadyPublisher publisher =
            new SteadyPublisher(
                target.publishTo(), target.password(), target.topic(), PAYLOAD_BYTES)) {
      Awaitility.await(target.name())
          .atMost(Duration.ofSeconds(MOST_SUBSCRIBERS_SECONDS))
          .until(() -> crowd.subscribed() == subscribers);
      publisher.publish(rate, warmUp);
      crowd.count();
      double before = ProcessCost.cpuSeconds(target.processes());
      int sent = publisher.publish(rate, counted);
      long expected = (long) sent * subscribers;
      Awaitility.await(target.name())
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> crowd.soFar() >= expected || crowd.isQuiet());
      double cpu = ProcessCost.cpuSeconds(target.processes()) - before;
      Histogram micros = crowd.counted();
      return new Measured(
          micros.getTotalCount() / cpu, micros, Math.max(0, expected - micros.getTotalCount()));
    }
  }
}

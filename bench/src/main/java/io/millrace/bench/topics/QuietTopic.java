package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * The newest messages of topics in which little was published, among very many others, over HTTP:
 * nothing is scanned for them. Of some the last ten messages lie all over the log, as a quiet
 * topic's do, of others within some hundred others'. Each topic that counts is asked for once, of a
 * server that has answered for others before.
 */
public final class QuietTopic {
  private static final int GROUP = 200;
  private static final int EACH = 10;
  private static final int BATCH = 1000;
  private static final int AT_ONCE = 4;
  private static final long SEED = 4;
  private static final double GOAL_LAST = 5;
  private static final double GOAL_TEN = 20;

  /** Quiet topics of one kind. */
  private record Quiet(String name, int topics) {
    private String topic(int number) {
      return "logged/" + name + "/" + number;
    }

    /** Some of them. */
    private Stream<String> group(int number) {
      return IntStream.range(number * GROUP, Math.min(topics, (number + 1) * GROUP))
          .mapToObj(this::topic);
    }

    private int groups() {
      return (topics + GROUP - 1) / GROUP;
    }
  }

  private QuietTopic() {}

  public static void main(String[] args) throws IOException {
    Form.print(TopicServer.measured(server -> measure(server, 1_000_000, 20_000, 1_000)));
  }

  /**
   * Measures.
   *
   * @param topics of all
   * @param warmUp how many requests of each kind come before those that count
   * @param counted requests of each kind
   */
  static List<Row> measure(TopicServer server, int topics, int warmUp, int counted)
      throws IOException {
    Quiet one = new Quiet("one", warmUp + counted);
    Quiet ten = new Quiet("ten", warmUp + counted);
    Quiet near = new Quiet("near", warmUp + counted);
    try (HttpTopics http = server.http()) {
      for (int group = 0; group < near.groups(); group++) {
        for (int i = 0; i < EACH; i++) {
          publish(http, near.group(group));
        }
      }
      int part = (topics - 3 * (warmUp + counted)) / EACH;
      for (int i = 0; i < EACH; i++) {
        for (int group = 0; group < one.groups(); group++) {
          publish(http, one.group(group));
          publish(http, ten.group(group));
        }
        fillWith(http, part * i, part * (i + 1));
      }
      String among = "one quiet topic among " + String.format(Locale.ROOT, "%,d", topics);
      return List.of(
          row(among + ", last value, p99", ask(http, one, 1, counted), GOAL_LAST),
          row(among + ", last 10 all over the log, p99", ask(http, ten, EACH, counted), GOAL_TEN),
          row(among + ", last 10 near each other, p99", ask(http, near, EACH, counted), GOAL_TEN));
    }
  }

  private static void publish(HttpTopics http, Stream<String> topics) throws IOException {
    http.publish(HttpTopics.batch(topics.map(topic -> HttpTopics.message(topic, "21.5"))));
  }

  /** One message to each of very many. */
  private static void fillWith(HttpTopics http, int from, int to) {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      CompletableFuture.allOf(
              IntStream.iterate(from, at -> at < to, at -> at + BATCH)
                  .mapToObj(
                      at ->
                          CompletableFuture.runAsync(
                              () -> fill(http, at, Math.min(to, at + BATCH)), threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    }
  }

  private static void fill(HttpTopics http, int from, int to) {
    try {
      publish(http, IntStream.range(from, to).mapToObj(i -> "logged/many/t" + i));
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static Histogram ask(HttpTopics http, Quiet quiet, int count, int counted)
      throws IOException {
    Histogram micros = new Histogram(60_000_000, 3);
    // Topics that were published to next to each other are not asked for one after the other.
    List<String> order = new ArrayList<>();
    IntStream.range(0, quiet.topics).forEach(number -> order.add(quiet.topic(number)));
    Collections.shuffle(order, new Random(SEED));
    for (int i = 0; i < order.size(); i++) {
      long begun = System.nanoTime();
      int found = http.last(order.get(i), count).getJsonArray("messages").size();
      if (found != count) {
        throw new IOException(found + " messages of " + order.get(i) + " instead of " + count);
      }
      if (i >= order.size() - counted) {
        micros.recordValue((System.nanoTime() - begun) / 1000);
      }
    }
    return micros;
  }

  private static Row row(String what, Histogram micros, double goal) {
    return Row.atMost(
        what,
        millis(micros, 99),
        goal,
        "ms",
        String.format(
            Locale.ROOT,
            "%d topics once each, over HTTP, after others; p50 %.2f, most %.2f ms",
            micros.getTotalCount(),
            millis(micros, 50),
            micros.getMaxValue() / 1000.0));
  }

  private static double millis(Histogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }
}

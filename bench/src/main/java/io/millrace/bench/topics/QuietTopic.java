package io.millrace.bench.topics;

import io.millrace.bench.Form;
import io.millrace.bench.Row;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * The newest messages of topics in which little was published, among very many others published
 * since, over HTTP: nothing is scanned for them.
 */
public final class QuietTopic {
  private static final int QUIET = 200;
  private static final int EACH = 10;
  private static final int BATCH = 1000;
  private static final int AT_ONCE = 4;
  private static final double GOAL_LAST = 5;
  private static final double GOAL_TEN = 20;

  private QuietTopic() {}

  public static void main(String[] args) throws IOException {
    Form.print(TopicServer.measured(server -> measure(server, 1_000_000)));
  }

  static List<Row> measure(TopicServer server, int topics) throws IOException {
    try (HttpTopics http = server.http()) {
      for (int i = 0; i < EACH; i++) {
        publish(http, IntStream.range(0, QUIET).mapToObj(QuietTopic::quiet));
      }
      fill(http, topics - QUIET);
      // Once each for the compiler, then counted.
      ask(http, 1);
      Histogram last = ask(http, 1);
      ask(http, EACH);
      Histogram ten = ask(http, EACH);
      String among = "one quiet topic among " + String.format(Locale.ROOT, "%,d", topics);
      return List.of(
          Row.atMost(among + ", last value, p99", millis(last, 99), GOAL_LAST, "ms", how(last)),
          Row.atMost(among + ", last 10, p99", millis(ten, 99), GOAL_TEN, "ms", how(ten)));
    }
  }

  private static String quiet(int number) {
    return "logged/quiet/" + number;
  }

  private static void publish(HttpTopics http, Stream<String> topics) throws IOException {
    http.publish(HttpTopics.batch(topics.map(topic -> HttpTopics.message(topic, "21.5"))));
  }

  /** One message to each of very many. */
  private static void fill(HttpTopics http, int topics) {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      CompletableFuture.allOf(
              IntStream.range(0, (topics + BATCH - 1) / BATCH)
                  .mapToObj(
                      batch ->
                          CompletableFuture.runAsync(
                              () ->
                                  fill(
                                      http, batch * BATCH, Math.min(topics, batch * BATCH + BATCH)),
                              threads))
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

  private static Histogram ask(HttpTopics http, int count) throws IOException {
    Histogram micros = new Histogram(60_000_000, 3);
    for (int i = 0; i < QUIET; i++) {
      long begun = System.nanoTime();
      int found = http.last(quiet(i), count).getJsonArray("messages").size();
      micros.recordValue((System.nanoTime() - begun) / 1000);
      if (found != count) {
        throw new IOException(found + " messages of " + quiet(i) + " instead of " + count);
      }
    }
    return micros;
  }

  private static double millis(Histogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }

  private static String how(Histogram micros) {
    return String.format(
        Locale.ROOT,
        "%d quiet topics once each, over HTTP; p50 %.2f, most %.2f ms",
        micros.getTotalCount(),
        millis(micros, 50),
        micros.getMaxValue() / 1000.0);
  }
}

package io.millrace.broker.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.LogException.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every table does; {@link #log} and {@link #other} are two nodes of one cluster. */
public abstract class TableContract {
  private static final int SEEDS = 5;

  protected abstract TopicLog log();

  protected abstract TopicLog other();

  protected abstract Vertx vertx();

  protected static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Map<String, String> content(Table table) {
    Map<String, String> content = new TreeMap<>();
    table.forEach((key, value) -> content.put(key, new String(value, UTF_8)));
    return content;
  }

  @Test
  void whatWasPutIsThereWhenItIsAcknowledgedAndAfterItIsOpenedAgain() throws Exception {
    try (Table table = get(log().table("simple", 2))) {
      get(table.put("a/b", "one".getBytes(UTF_8)));
      assertThat(table.get("a/b"))
          .hasValueSatisfying(v -> assertThat(v).asString().isEqualTo("one"));
      get(table.put("a/b", "two".getBytes(UTF_8)));
      get(table.put("c", new byte[0]));
      get(table.put("d", "gone".getBytes(UTF_8)));
      get(table.remove("d"));
      get(table.remove("never"));
      assertThat(content(table)).isEqualTo(Map.of("a/b", "two", "c", ""));
      assertThat(table.get("d")).isEmpty();
    }
    try (Table again = get(log().table("simple", 7))) {
      assertThat(content(again)).isEqualTo(Map.of("a/b", "two", "c", ""));
    }
  }

  @Test
  void whatAnotherNodeChangesIsSeen() throws Exception {
    try (Table here = get(log().table("both", 3));
        Table there = get(other().table("both", 3))) {
      Queue<String> changes = new ConcurrentLinkedQueue<>();
      here.onChange(changes::add);
      get(there.put("k", "there".getBytes(UTF_8)));
      await().until(() -> content(here).equals(Map.of("k", "there")));
      await().until(() -> changes.contains("k"));
      get(here.put("k", "here".getBytes(UTF_8)));
      await().until(() -> content(there).equals(Map.of("k", "here")));
      get(there.remove("k"));
      await().until(() -> content(here).isEmpty());
    }
  }

  @Test
  void acknowledgementsComeOnTheCallersContext() throws Exception {
    Context context = vertx().getOrCreateContext();
    CompletableFuture<Context> on = new CompletableFuture<>();
    try (Table table = get(log().table("contexts", 1))) {
      context.runOnContext(
          start ->
              table.put("k", new byte[1]).onComplete(done -> on.complete(Vertx.currentContext())));
      assertThat(on.get(30, TimeUnit.SECONDS)).isSameAs(context);
    }
  }

  @Test
  void whatIsTooLongIsRefused() throws Exception {
    try (Table table = get(log().table("long", 1))) {
      assertThatThrownBy(() -> get(table.put("k", new byte[Table.LONGEST_ENTRY])))
          .cause()
          .isInstanceOfSatisfying(
              LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE))
          .hasMessage("the entry has 1048577 bytes, a table takes 1048576");
      get(table.put("k", new byte[Table.LONGEST_ENTRY - 1]));
      assertThat(table.get("k")).isPresent();
      get(table.remove("k"));
    }
  }

  @Test
  void aTableThatIsClosedTakesNothing() throws Exception {
    Table table = get(log().table("closed", 1));
    table.close();
    assertThatThrownBy(() -> get(table.put("k", new byte[1])))
        .cause()
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  @Test
  void equalsANaiveMapOverRestarts() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String name = "seed-" + seed;
      Map<String, String> naive = new HashMap<>();
      for (int run = 0; run < 4; run++) {
        TopicLog node = random.nextBoolean() ? log() : other();
        try (Table table = get(node.table(name, 1 + random.nextInt(4)))) {
          assertThat(content(table)).as("seed %d run %d", seed, run).isEqualTo(naive);
          List<Future<?>> changes = new ArrayList<>();
          for (int i = random.nextInt(200); i > 0; i--) {
            String key = "k/" + random.nextInt(20);
            if (random.nextInt(4) == 0) {
              naive.remove(key);
              changes.add(table.remove(key));
            } else {
              naive.put(key, run + "-" + i);
              changes.add(table.put(key, (run + "-" + i).getBytes(UTF_8)));
            }
            if (random.nextInt(40) == 0) {
              get(Future.all(changes));
              assertThat(content(table)).as("seed %d run %d", seed, run).isEqualTo(naive);
            }
          }
          get(Future.all(changes));
          assertThat(content(table)).as("seed %d run %d", seed, run).isEqualTo(naive);
        }
      }
    }
  }
}

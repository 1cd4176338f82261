package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.ScannedFollowedIndex;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Namespace;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = ((VertxInternal) vertx).createEventLoopContext();
  private final MemoryTopicLog log = new MemoryTopicLog();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Queue<Promise<Void>> unfinished = new ConcurrentLinkedQueue<>();
  private Broker broker;

  @BeforeEach
  void open() {
    broker =
        join(
            Broker.open(
                log,
                new ScannedFollowedIndex(log),
                new HubMetrics(new PrometheusRegistry()),
                () -> Instant.ofEpochMilli(1_000_500),
                100_000,
                List.of(Namespace.builtIn("public"))));
    Awaitility.await().until(broker::isCaughtUp);
  }

  @AfterEach
  void close() {
    log.close();
    join(vertx.close());
  }

  @Test
  void noMoreComesThanTheListenerIsDoneWithAndTheRestComesInOrder() {
    follow(
        message -> {
          told.add(message.payload().toString());
          Promise<Void> promise = Promise.promise();
          unfinished.add(promise);
          return promise.future();
        });
    for (int i = 0; i < 300; i++) {
      publish("m" + i);
    }
    Awaitility.await().until(() -> told.size() >= TopicReader.MOST);
    log.awaitTails();
    settle();
    assertThat(told).hasSize(TopicReader.MOST);

    Awaitility.await()
        .until(
            () -> {
              for (Promise<Void> next = unfinished.poll(); next != null; next = unfinished.poll()) {
                next.complete();
              }
              return told.size() == 300;
            });
    assertThat(told).isEqualTo(IntStream.range(0, 300).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void aMessageThatTakesAllTheRoomComesAloneAndAFailureIsAnEndToo() {
    Promise<Void> first = Promise.promise();
    follow(
        message -> {
          told.add(message.payload().length() + " bytes");
          return told.size() == 1 ? first.future() : Future.failedFuture("no");
        });
    publish("x".repeat(1 << 20));
    Awaitility.await().until(() -> told.size() == 1);
    publish("y");
    publish("z");
    log.awaitTails();
    settle();
    assertThat(told).containsExactly((1 << 20) + " bytes");

    first.fail("no");
    Awaitility.await().until(() -> told.size() == 3);
  }

  /** Follows the topic from now on. */
  private void follow(Function<TopicMessage, Future<?>> listener) {
    AtomicBoolean begun = new AtomicBoolean();
    new TopicReader(broker, context)
        .follow(
            "public",
            "a/b",
            message -> {
              if (message.payload().toString().equals("begin")) {
                begun.set(true);
                return Future.succeededFuture();
              }
              return listener.apply(message);
            });
    Awaitility.await()
        .until(
            () -> {
              publish("begin");
              log.awaitTails();
              settle();
              return begun.get();
            });
  }

  /** Returns when the loop has done what was to do. */
  private void settle() {
    for (int i = 0; i < 3; i++) {
      CompletableFuture<Void> turn = new CompletableFuture<>();
      context.runOnContext(v -> turn.complete(null));
      turn.join();
    }
  }

  private void publish(String text) {
    CompletableFuture<Void> appended = new CompletableFuture<>();
    broker
        .find("public")
        .orElseThrow()
        .publisher()
        .publish(
            Publication.of("a/b", text.getBytes(StandardCharsets.UTF_8)),
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                appended.complete(null);
              }

              @Override
              public void failed(LogException reason) {
                appended.completeExceptionally(reason);
              }
            });
    appended.join();
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}

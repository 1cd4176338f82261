package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.Namespaces.Served;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.IndexConfig;
import io.millrace.broker.index.IndexMetrics;
import io.millrace.broker.index.LogIndex;
import io.millrace.broker.last.CompanionBounds;
import io.millrace.broker.last.RetainedTopics;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.Appended;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.topic.TopicFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Retained messages of nodes on one log. */
final class RetainedMessagesTest {
  private static final Namespace PUBLIC = Namespace.builtIn("public");

  private final MemoryTopicLog log = new MemoryTopicLog();
  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final List<Broker> brokers = new ArrayList<>();

  @AfterEach
  void close() {
    brokers.forEach(Broker::close);
    log.close();
  }

  private Broker open() {
    Broker broker =
        join(
            Broker.open(
                log,
                new LogIndex(
                    Path.of("unused"),
                    new IndexConfig(1 << 20, Duration.ofDays(1)),
                    log,
                    new IndexMetrics(new PrometheusRegistry()),
                    new SplittableRandom(1)),
                new HubMetrics(new PrometheusRegistry()),
                () -> Instant.ofEpochMilli(clock.get()),
                100_000,
                new CompanionBounds(new RetainedTopics.Bounds(3, 10_000), 1L << 30),
                List.of(PUBLIC)));
    brokers.add(broker);
    served(broker).publisher().retained().loaded().toCompletableFuture().join();
    return broker;
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private static ConditionFactory await() {
    return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).await();
  }

  private static Served served(Broker broker) {
    return broker.find("public").orElseThrow();
  }

  private static Publication retained(String path, String text) {
    return new Publication(
        path, Optional.empty(), true, Message.NEVER, Headers.NONE, text.getBytes(UTF_8));
  }

  private static String publish(Broker broker, String path, String text) {
    return publish(broker, retained(path, text));
  }

  private static String publish(Broker broker, Publication publication) {
    CompletableFuture<String> done = new CompletableFuture<>();
    served(broker)
        .publisher()
        .publish(
            publication,
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                done.complete("at " + offset);
              }

              @Override
              public void failed(LogException reason) {
                done.complete(reason.reason() + ": " + reason.getMessage());
              }
            });
    return done.join();
  }

  private static List<String> retained(Broker broker, String filter) {
    return served(broker)
        .publisher()
        .retained()
        .topics()
        .matching(new TopicFilter("public", filter), 0)
        .stream()
        .map(message -> message.path() + "=" + new String(message.payload(), UTF_8))
        .toList();
  }

  private List<Message> companion() {
    List<Message> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      all.addAll(log.all(PartitionRef.ofCompanion("public", i)));
    }
    return all;
  }

  @Test
  void theLastOneOfATopicIsRetainedOverARestartUntilItIsCleared() {
    Broker broker = open();
    publish(broker, "a/1", "one");
    publish(broker, "a/1", "two");
    publish(broker, "a/2", "x");
    assertThat(retained(broker, "a/+")).containsExactly("a/1=two", "a/2=x");
    broker.close();

    Broker again = open();
    assertThat(retained(again, "#")).containsExactly("a/1=two", "a/2=x");
    publish(again, "a/1", "");
    assertThat(retained(again, "#")).containsExactly("a/2=x");
    assertThat(retained(open(), "#")).containsExactly("a/2=x");
  }

  @Test
  void whatOneNodeRetainsTheOthersGive() {
    Broker here = open();
    Broker there = open();
    publish(here, "a", "one");
    await().until(() -> retained(there, "a").equals(List.of("a=one")));
    publish(there, "a", "");
    await().until(() -> retained(here, "a").isEmpty());
  }

  @Test
  void moreTopicsThanTheBoundAreRefusedAndNotPublished() {
    Broker broker = open();
    for (String path : List.of("a", "b", "c")) {
      publish(broker, path, "x");
    }
    assertThat(publish(broker, "d", "x"))
        .isEqualTo(
            "OVERLOADED: the namespace retains messages of 3 topics already: public; clear some"
                + " with empty retained messages");
    assertThat(publish(broker, "a", "y")).startsWith("at ");
    publish(broker, "b", "");
    assertThat(publish(broker, "d", "x")).startsWith("at ");
    assertThat(retained(broker, "#")).containsExactly("a=y", "c=x", "d=x");
  }

  @Test
  void whatIsInTheLogButNotInItsCompanionIsWrittenThereAfterAWhile() {
    // As a node leaves it that ended between the two.
    log.put(PUBLIC);
    log.appender(PUBLIC).append(retained("a", "late"), Appended.UNHEARD);
    Broker broker = open();
    await().until(() -> retained(broker, "a").equals(List.of("a=late")));
    served(broker).publisher().retained().tend();
    assertThat(companion()).as("somebody else may still be writing it").isEmpty();
    clock.addAndGet(10_000);
    served(broker).publisher().retained().tend();
    assertThat(companion()).extracting(Message::path).containsExactly("\0a");
    clock.addAndGet(10_000);
    served(broker).publisher().retained().tend();
    assertThat(companion()).extracting(Message::offset).hasSize(1);
  }

  @Test
  void anOlderOneThatComesLateToTheCompanionIsOvertakenAgain() {
    Broker broker = open();
    publish(broker, "a", "older");
    Message older = companion().getFirst();
    publish(broker, "a", "newer");
    join(log.companion(PUBLIC))
        .appender()
        .append(
            new Publication(
                older.path(),
                Optional.empty(),
                true,
                Message.NEVER,
                older.headers(),
                older.payload()),
            Appended.UNHEARD);
    await().until(() -> new String(companion().getFirst().payload(), UTF_8).equals("newer"));
    assertThat(retained(open(), "#")).containsExactly("a=newer");
  }

  @Test
  void whatHasAnIdIsAcknowledgedAgainOnlyWhenItIsRetained() {
    Broker broker = open();
    Appender companion = join(log.companion(PUBLIC)).appender();
    AtomicReference<LogException> refusal =
        new AtomicReference<>(new LogException(LogException.Reason.UNAVAILABLE, "away"));
    served(broker)
        .publisher()
        .retained()
        .appendTo(
            new Appender() {
              @Override
              public int partitionOf(String path) {
                return companion.partitionOf(path);
              }

              @Override
              public void append(Publication publication, AppendResult done) {
                Thread.startVirtualThread(() -> answer(publication, done));
              }

              private void answer(Publication publication, AppendResult done) {
                // The tail has read it from the log by the time that the companion answers.
                await().until(() -> !retained(broker, "a").isEmpty());
                LogException refused = refusal.get();
                if (refused == null) {
                  companion.append(publication, done);
                } else {
                  done.failed(refused);
                }
              }

              @Override
              public long pendingBytes() {
                return 0;
              }
            });
    Publication withId =
        new Publication(
            "a", Optional.of("id"), true, Message.NEVER, Headers.NONE, "x".getBytes(UTF_8));
    assertThat(publish(broker, withId)).isEqualTo("UNAVAILABLE: away");
    assertThat(publish(broker, withId)).isEqualTo("UNAVAILABLE: away");
    assertThat(companion()).isEmpty();
    refusal.set(null);
    assertThat(publish(broker, withId)).startsWith("at ");
    assertThat(companion()).extracting(Message::path).containsExactly("\0a");
    assertThat(publish(broker, withId)).isEqualTo(publish(broker, withId));
  }

  @Test
  void aNamespaceThatKeepsNothingRetainsInMemory() {
    Broker broker = open();
    Namespace wire = new Namespace("wire", 1, 1, Durability.MEMORY, Duration.ofDays(1), -1, 100);
    join(broker.put(wire));
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Served served = broker.find("wire").orElseThrow();
    served
        .publisher()
        .publish(
            retained("a", "x"),
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                done.complete(true);
              }

              @Override
              public void failed(LogException reason) {
                done.completeExceptionally(reason);
              }
            });
    assertThat(done.join()).isTrue();
    assertThat(served.publisher().retained().topics().size()).isEqualTo(1);
    assertThat(open().find("wire").orElseThrow().publisher().retained().topics().size()).isZero();
  }
}

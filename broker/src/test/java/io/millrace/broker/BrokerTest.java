package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.Namespaces;
import io.millrace.broker.hub.HubMetrics;
import io.millrace.broker.index.ScannedFollowedIndex;
import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.Publication;
import io.millrace.broker.namespace.Durability;
import io.millrace.broker.namespace.Namespace;
import io.millrace.broker.namespace.NamespaceWish;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BrokerTest {
  private static final Namespace PUBLIC = Namespace.builtIn("public");

  private final MemoryTopicLog log = new MemoryTopicLog();
  private final List<String> results = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    log.close();
  }

  private Broker open() {
    return Broker.open(
            log,
            new ScannedFollowedIndex(log),
            new HubMetrics(new PrometheusRegistry()),
            () -> Instant.ofEpochMilli(1_000_500),
            100_000,
            List.of(PUBLIC))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static ConditionFactory await() {
    return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).await();
  }

  /** What has an id is taken only by one that has read the log of before. */
  private Broker caughtUp() {
    Broker broker = open();
    await().until(broker::isCaughtUp);
    return broker;
  }

  private void publish(Broker broker, String id) {
    broker
        .find("public")
        .orElseThrow()
        .publisher()
        .publish(
            new Publication(
                "a", Optional.of(id), false, Message.NEVER, Headers.NONE, new byte[] {'x'}),
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                results.add(id + " at " + offset);
              }

              @Override
              public void failed(LogException reason) {
                results.add(id + " failed: " + reason.reason());
              }
            });
  }

  private int inTheLog() {
    int messages = 0;
    for (int i = 0; i < PUBLIC.partitions(); i++) {
      messages += log.all(new PartitionRef("public", 1, i)).size();
    }
    return messages;
  }

  @Test
  void makesTheNamespacesThatHaveToBeThereOnce() {
    assertThat(open().namespaces()).containsExactly(PUBLIC);
    assertThat(log.namespaces().result()).containsExactly(PUBLIC);
    assertThat(open().namespaces()).containsExactly(PUBLIC);
  }

  @Test
  void aNamespaceThatKeepsNothingIsThereAfterARestartToo() {
    Namespace wind =
        new Namespace(
            "wind", 1, 2, Durability.MEMORY, Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
    open().put(wind).toCompletionStage().toCompletableFuture().join();
    assertThat(open().namespaces()).containsExactlyInAnyOrder(PUBLIC, wind);
  }

  @Test
  void anIdWaitsUntilTheLogOfBeforeHasBeenRead() {
    publish(caughtUp(), "order-1");
    log.holdTails();
    Broker again = open();
    results.clear();
    publish(again, "order-1");
    assertThat(results).containsExactly("order-1 failed: UNAVAILABLE");
    log.releaseTails();
    await().until(again::isCaughtUp);
    publish(again, "order-1");
    assertThat(results).endsWith("order-1 at 0");
    assertThat(inTheLog()).isEqualTo(1);
  }

  @Test
  void anIdIsRememberedOverARestart() {
    publish(caughtUp(), "order-1");
    publish(caughtUp(), "order-1");
    assertThat(results).containsExactly("order-1 at 0", "order-1 at 0");
    assertThat(inTheLog()).isEqualTo(1);
  }

  @Test
  void anIdIsRememberedOverAChangeOfSettings() {
    Broker broker = caughtUp();
    publish(broker, "order-1");
    Namespace shorter =
        new Namespace(
            "public", 1, 4, PUBLIC.durability(), Duration.ofDays(1), Namespace.UNBOUNDED, 1000);
    broker.put(shorter).toCompletionStage().toCompletableFuture().join();
    assertThat(broker.namespaces()).containsExactly(shorter);
    publish(broker, "order-1");
    assertThat(results).containsExactly("order-1 at 0", "order-1 at 0");
    assertThat(inTheLog()).isEqualTo(1);
  }

  @Test
  void refusesWhatIsLongerThanTheNamespaceAllows() {
    Broker broker = open();
    broker
        .find("public")
        .orElseThrow()
        .publisher()
        .publish(
            Publication.of("a", new byte[PUBLIC.maxMessageSize() + 1]),
            new AppendResult() {
              @Override
              public void appended(int partition, long offset, long timestamp) {
                results.add("appended");
              }

              @Override
              public void failed(LogException reason) {
                results.add(reason.getMessage());
              }
            });
    assertThat(results)
        .containsExactly("the message has 1048577 bytes; the namespace public takes 1048576");
  }

  @Test
  void whatIsDeletedIsServedNoMore() {
    Broker broker = open();
    broker.delete("public").toCompletionStage().toCompletableFuture().join();
    assertThat(broker.find("public")).isEmpty();
    assertThat(log.namespaces().result()).isEmpty();
  }

  @Test
  void namesThatThereIsNoNamespaceOfAnyMoreAreForgottenAfterAWhile() {
    Broker broker = open();
    List<Namespace> made = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      made.add(new Namespace("n" + i, 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 500));
      join(broker.put(made.get(i)));
      join(broker.delete("n" + i));
    }
    broker.forgetGone();
    assertThat(broker.names()).as("at first none").isEqualTo(21);
    join(broker.put(made.getFirst()));
    await()
        .until(
            () -> {
              broker.forgetGone();
              return broker.names() == 2;
            });
    assertThat(broker.namespaces()).containsExactlyInAnyOrder(PUBLIC, made.getFirst());
    broker.close();
  }

  @Test
  void aNameThatWasMadeAndDeletedAgainIsRememberedForAsLongAgain() {
    Broker broker = open();
    Namespace made = new Namespace("made", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 500);
    join(broker.put(made));
    join(broker.delete("made"));
    broker.forgetGone();
    join(broker.put(made));
    join(broker.delete("made"));
    broker.forgetGone();
    assertThat(broker.names()).as("with the one of the second time").isEqualTo(2);
    broker.forgetGone();
    assertThat(broker.names()).isEqualTo(1);
    broker.close();
  }

  @Test
  void aNamespaceThatAnotherNodeMakesChangesAndDeletesIsServedAccordingly() {
    Broker here = open();
    Broker there = open();
    Namespace made = new Namespace("made", 1, 2, Durability.LOGGED, Duration.ofDays(1), -1, 500);
    join(there.put(made));
    await().until(() -> here.namespaces().contains(made));
    Namespace changed = new Namespace("made", 1, 2, Durability.LOGGED, Duration.ofDays(2), -1, 900);
    join(there.put(changed));
    await().until(() -> here.namespaces().contains(changed) && here.namespaces().size() == 2);
    join(here.delete("made"));
    await().until(() -> there.find("made").isEmpty());
    join(here.put(made));
    await().until(() -> there.namespaces().contains(made));
    assertThat(here.namespaces()).contains(made);
    here.close();
    there.close();
  }

  @Test
  void whatIsToldWhileAChangeIsMadeCountsMore() {
    Broker here = open();
    Namespace older = new Namespace("made", 1, 2, Durability.LOGGED, Duration.ofDays(1), -1, 500);
    Namespace newer = new Namespace("made", 1, 2, Durability.LOGGED, Duration.ofDays(2), -1, 900);
    log.afterPut(older, () -> join(log.put(newer)));
    join(here.put(older));
    assertThat(here.namespace("made")).contains(newer);
    here.close();
  }

  /** Whatever else is being done when the log tells of it. */
  @Test
  void aNamespaceThatIsMadeAnewBeforeItsDeletionIsServedHasNothingOfTheOld() {
    Namespace made = new Namespace("made", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 500);
    Broker here = open();
    join(here.put(made));
    Namespaces.Served old = here.find("made").orElseThrow();
    Promise<Void> busy = Promise.promise();
    log.answerCompanions(busy.future());
    join(log.put(new Namespace("held", 1, 1, Durability.LOGGED, Duration.ofDays(1), -1, 500)));
    join(log.delete("made"));
    join(log.put(made));
    assertThat(here.find("made")).contains(old);
    busy.complete();
    await().until(() -> here.find("held").isPresent());
    await()
        .until(
            () ->
                here.find("made")
                    .filter(its -> !its.namespace().equals(old.namespace()))
                    .isPresent());
    assertThat(here.find("made").orElseThrow().publisher()).isNotSameAs(old.publisher());
    here.close();
  }

  @Test
  void oneThatTheLogCannotServeAtTheStartIsNotMadeAnewButServedLater() {
    Namespace long1 =
        new Namespace("public", 1, 4, PUBLIC.durability(), Duration.ofDays(900), -1, 1000);
    join(log.put(long1));
    log.serve("public", false);
    Broker broker = open();
    NamespaceChanges changes = new NamespaceChanges(broker);
    join(
        new DeclaredNamespaces(Map.of("public", NamespaceWish.NONE.withPartitions(4)))
            .apply(broker, changes));
    assertThat(join(changes.put("public", NamespaceWish.NONE, Optional::isPresent)))
        .isEqualTo(new NamespaceChanges.Kept(long1));
    assertThat(log.known().result()).containsExactly(long1);
    assertThat(broker.find("public")).isEmpty();
    log.serve("public", true);
    await().until(() -> broker.namespaces().equals(List.of(long1)));
    broker.close();
  }

  @Test
  void aChangeIsHeldAgainstWhatAnotherNodeHasMadeOfIt() {
    Broker broker = open();
    Namespace other =
        new Namespace("public", 1, 4, PUBLIC.durability(), Duration.ofDays(2), -1, 1000);
    Namespace wanted =
        new Namespace("public", 1, 4, PUBLIC.durability(), Duration.ofDays(3), -1, 1000);
    assertThat(join(log.put(other, Optional.of(PUBLIC)))).isTrue();
    assertThat(join(broker.put(wanted, Optional.of(PUBLIC)))).isFalse();
    assertThat(join(broker.delete(PUBLIC))).isFalse();
    assertThat(
            join(
                new NamespaceChanges(broker)
                    .put("public", NamespaceWish.NONE, Optional.of(PUBLIC)::equals)))
        .isEqualTo(new NamespaceChanges.Unexpected());
    assertThat(log.known().result()).containsExactly(other);
    broker.close();
  }

  private static <T> T join(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private static Namespace named(String name) {
    return Namespace.builtIn(name);
  }

  private static void failed(Future<Void> change) {
    await().until(change::isComplete);
    assertThat(change.failed()).isTrue();
  }

  @Test
  void aNamespaceIsNotServedAnewBeforeEverybodyHasHeardOfItsDeletion() {
    Broker broker = open();
    join(broker.put(named("made")));
    AtomicBoolean isBroken = new AtomicBoolean(true);
    List<Set<String>> heard = new CopyOnWriteArrayList<>();
    broker.whenDeleted(
        names -> {
          heard.add(names);
          if (isBroken.get()) {
            throw new LogException(LogException.Reason.UNAVAILABLE, "not now");
          }
          return Future.succeededFuture();
        });
    join(broker.delete("made"));
    failed(broker.put(named("made")));
    assertThat(broker.find("made")).isEmpty();
    isBroken.set(false);
    await().until(() -> broker.find("made").isPresent());
    assertThat(heard).hasSizeGreaterThan(1).containsOnly(Set.of("made"));
    broker.close();
  }

  @Test
  void whatIsDeletedWhileSomebodyHearsOfADeletionIsToldTogether() {
    Broker broker = open();
    List<String> names = List.of("a", "b", "c");
    names.forEach(name -> join(broker.put(named(name))));
    Promise<Void> answer = Promise.promise();
    List<Set<String>> heard = new CopyOnWriteArrayList<>();
    broker.whenDeleted(
        its -> {
          heard.add(its);
          return answer.future();
        });
    Future<Void> first = broker.delete("a");
    await().until(() -> !heard.isEmpty());
    List<Future<Void>> others = List.of(broker.delete("b"), broker.delete("c"));
    await().until(() -> !broker.isKnown("b") && !broker.isKnown("c"));
    answer.complete();
    join(first);
    others.forEach(BrokerTest::join);
    assertThat(heard).containsExactly(Set.of("a"), Set.of("b", "c"));
    broker.close();
  }
}

package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.position.Offsets;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.MountPoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sessions that begin anew, in a table that answers when the test says so. */
class DeletedNamespacesTest {
  private static final long NOW = 1_000_000;
  private static final String OLD = position(7);
  private static final String ANEW = Position.anew(OLD);
  private static final SubscriptionOptions AT_LEAST_ONCE = atLeastOnce();

  private final AnsweredTable table = new AnsweredTable();
  private final TableSessionStore store = new TableSessionStore(table);
  private final Sessions sessions = new Sessions(store, "a", () -> NOW);

  private static ConditionFactory await() {
    return Awaitility.with().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).await();
  }

  private static String position(long next) {
    return new Position.OfFilter(1, 1, Offsets.of(new long[] {next}), NOW).token();
  }

  private static SubscriptionOptions atLeastOnce() {
    try {
      return SubscriptionOptions.of(1);
    } catch (MqttException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String key(String id) {
    return SessionKey.of("default", MountPoint.NONE, id);
  }

  private static StoredSession session(String node, long endsAt) {
    return new StoredSession(
        node,
        "its",
        1,
        "n",
        0,
        60,
        endsAt,
        Optional.empty(),
        List.of(new Subscribed("gone/+", AT_LEAST_ONCE, 0, null, OLD, null)),
        List.of(),
        List.of());
  }

  private void waits(String id) {
    sessions.save(key(id), session("a", NOW + 60_000));
  }

  private @Nullable String position(String id) {
    return store.get(key(id)).orElseThrow().subscriptions().getFirst().position();
  }

  private @Nullable String positionInTheTable(String id) {
    return table
        .get(key(id))
        .flatMap(SessionCodec::decode)
        .orElseThrow()
        .subscriptions()
        .getFirst()
        .position();
  }

  private CompletableFuture<Void> beginAnew() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            sessions.beginAnew("gone"::equals);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  @Test
  void itIsDoneWhenTheTableHasAllAndFewAreGivenToItAtOnce() {
    int count = 3 * DeletedNamespaces.MOST_UNDER_WAY;
    for (int i = 0; i < count; i++) {
      waits("c" + i);
      table.take();
    }
    CompletableFuture<Void> done = beginAnew();
    await().until(() -> table.waiting() == DeletedNamespaces.MOST_UNDER_WAY);
    for (int i = 0; i < count; i++) {
      await().until(() -> table.waiting() > 0);
      assertThat(done).isNotDone();
      table.take();
    }
    done.join();
    for (int i = 0; i < count; i++) {
      assertThat(positionInTheTable("c" + i)).isEqualTo(ANEW);
    }
    assertThat(table.most()).isEqualTo(DeletedNamespaces.MOST_UNDER_WAY);
  }

  @Test
  void whatCouldNotBeKeptFailsItAndIsGivenAgainByTheNext() {
    waits("c");
    table.take();
    CompletableFuture<Void> first = beginAnew();
    await().until(() -> table.waiting() > 0);
    table.fail();
    assertThatThrownBy(first::join).hasMessageContaining("cannot be kept");
    CompletableFuture<Void> second = beginAnew();
    await().until(() -> table.waiting() > 0);
    assertThat(second).isNotDone();
    table.take();
    second.join();
    assertThat(positionInTheTable("c")).isEqualTo(ANEW);
  }

  @Test
  void oneThatTheTableHasNotAcknowledgedYetBeginsAnewToo() {
    waits("c");
    CompletableFuture<Void> done = beginAnew();
    await().until(() -> table.waiting() == 2);
    table.takeAll();
    done.join();
    assertThat(positionInTheTable("c")).isEqualTo(ANEW);
  }

  @Test
  void oneWhoseConnectionIsLostMeanwhileBeginsAnewToo() {
    sessions.save(key("connected"), session("a", StoredSession.CONNECTED));
    waits("c");
    table.takeAll();
    CompletableFuture<Void> done = beginAnew();
    // It has been looked through by now, and waits for the one that was away.
    await().until(() -> table.waiting() > 0);
    assertThat(position("connected")).isEqualTo(OLD);
    sessions.leave(key("connected"), session("a", NOW + 60_000));
    assertThat(position("connected")).isEqualTo(ANEW);
    table.takeAll();
    done.join();
  }

  @Test
  void itIsNotDoneBeforeTheTableHasWhoseConnectionWasLostMeanwhile() {
    waits("c");
    table.take();
    CompletableFuture<Void> done = beginAnew();
    await().until(() -> table.waiting() > 0);
    sessions.leave(key("connected"), session("a", NOW + 60_000));
    // The one that was away, the one that leaves, and that it begins anew.
    table.take();
    table.take();
    table.fail();
    assertThatThrownBy(done::join).hasMessageContaining("cannot be kept");
  }

  /** Who has a session, and says when it has heard. */
  private static final class Connected implements Sessions.Owner {
    private final Promise<Void> forgotten = Promise.promise();
    private volatile boolean isTold;

    @Override
    public void takenOver(boolean isDiscarded) {
      throw new IllegalStateException("nobody else has it");
    }

    @Override
    public void overwritten() {
      // It has given nothing by itself.
    }

    @Override
    public Future<Void> deleted(Predicate<String> isGone) {
      isTold = isGone.test("gone") && !isGone.test("another");
      return forgotten.future();
    }
  }

  @Test
  void whoIsConnectedForgetsFirstAndThenWhatIsKeptBeginsAnew() {
    Connected connected = new Connected();
    sessions.take(key("c"), "its", its -> false, false, connected);
    table.takeAll();
    sessions.save(key("c"), session("a", StoredSession.CONNECTED));
    table.take();
    CompletableFuture<Void> done = beginAnew();
    await().until(() -> connected.isTold);
    assertThat(position("c")).isEqualTo(OLD);
    connected.forgotten.complete();
    await().until(() -> table.waiting() > 0);
    assertThat(done).isNotDone();
    table.takeAll();
    done.join();
    assertThat(positionInTheTable("c")).isEqualTo(ANEW);
    assertThat(store.get(key("c")).orElseThrow().endsAt()).isEqualTo(StoredSession.CONNECTED);
  }

  @Test
  void whoTakesASessionMeanwhileGetsItAsItIsToBe() {
    Connected slow = new Connected();
    sessions.take(key("slow"), "its", its -> false, false, slow);
    waits("c");
    table.takeAll();
    CompletableFuture<Void> done = beginAnew();
    await().until(() -> slow.isTold);
    StoredSession taken =
        sessions
            .take(key("c"), "its", its -> false, false, new Connected())
            .result()
            .session()
            .orElseThrow();
    assertThat(taken.subscriptions().getFirst().position()).isEqualTo(ANEW);
    slow.forgotten.complete();
    await().until(() -> table.waiting() > 0);
    table.takeAll();
    done.join();
  }

  @Test
  void oneOfAnotherNodeThatBeginsAnewEndsHereToo() {
    table.put(key("c"), SessionCodec.encode(session("b", NOW + 60_000)));
    table.take();
    assertThat(sessions.waiting()).isZero();
    CompletableFuture<Void> done = beginAnew();
    await().until(() -> table.waiting() > 0);
    table.take();
    done.join();
    assertThat(sessions.waiting()).isEqualTo(1);
  }
}

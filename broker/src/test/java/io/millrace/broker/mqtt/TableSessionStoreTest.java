package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.Table;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions in a table that fails, and that others write to. */
class TableSessionStoreTest {
  private static final long NOW = 1_000_000;

  private final MemoryTopicLog log = new MemoryTopicLog();
  private final Table table = MqttFixture.join(log.table("sessions", 1));
  private final TableSessionStore store = new TableSessionStore(table);

  @AfterEach
  void close() {
    log.close();
  }

  private static StoredSession session(String node, long epoch, long endsAt) {
    return new StoredSession(
        node, "its", epoch, "n", 0, 60, endsAt, Optional.empty(), List.of(), List.of(), List.of());
  }

  private static void failed(Future<Void> change) {
    await().until(change::isComplete);
    assertThat(change.cause()).isInstanceOf(LogException.class);
  }

  @Test
  void whatCouldNotBeForgottenIsGoneAtOnceAndForgottenLater() {
    MqttFixture.join(store.save("k", session("a", 1, NOW)));
    log.breakTables(true);
    failed(store.delete("k", 1));
    assertThat(store.get("k")).isEmpty();
    assertThat(table.get("k")).isPresent();
    store.retry();
    log.breakTables(false);
    await()
        .untilAsserted(
            () -> {
              store.retry();
              assertThat(table.get("k")).isEmpty();
            });
  }

  @Test
  void whatAClientHasHeardOfIsNotKeptLater() {
    log.breakTables(true);
    failed(store.save("k", session("a", 1, StoredSession.CONNECTED)));
    assertThat(store.get("k")).isEmpty();
    log.breakTables(false);
    store.retry();
    // The table does one after the other.
    MqttFixture.join(store.save("another", session("a", 1, NOW)));
    assertThat(table.get("k")).isEmpty();
  }

  @Test
  void ofWhatIsKeptNoMoreThanItsEpochIsReadToKeepAnother() {
    byte[] whole = SessionCodec.encode(session("b", 5, NOW));
    // Whoever reads on finds that it is cut off.
    byte[] beginning = Arrays.copyOf(whole, whole.length - 1);
    assertThat(SessionCodec.decode(beginning)).isEmpty();
    MqttFixture.join(table.put("k", beginning));
    MqttFixture.join(store.save("k", session("a", 4, NOW)));
    MqttFixture.join(store.delete("k", 4));
    assertThat(table.get("k")).contains(beginning);
    MqttFixture.join(store.save("k", session("a", 5, NOW)));
    assertThat(store.get("k")).contains(session("a", 5, NOW));
  }

  @Test
  void aSessionThatIsElsewhereByNowStays() {
    MqttFixture.join(store.save("k", session("a", 1, NOW)));
    log.breakTables(true);
    failed(store.delete("k", 1));
    log.breakTables(false);
    TableSessionStore other = new TableSessionStore(MqttFixture.join(log.table("sessions", 1)));
    MqttFixture.join(other.save("k", session("b", 2, StoredSession.CONNECTED)));
    await().until(() -> store.get("k").filter(its -> its.node().equals("b")).isPresent());
    store.retry();
    MqttFixture.join(store.delete("k", 1));
    MqttFixture.join(store.save("another", session("a", 1, NOW)));
    assertThat(table.get("k")).isPresent();
  }

  @Test
  void aConnectionHearsWhenAnotherNodeHasForgottenItsSession() {
    Sessions sessions = new Sessions(store, "a", () -> NOW);
    List<String> heard = new CopyOnWriteArrayList<>();
    Sessions.Owner owner =
        new Sessions.Owner() {
          @Override
          public void takenOver(boolean isDiscarded) {
            heard.add("taken over");
          }

          @Override
          public void overwritten() {
            heard.add("overwritten");
          }

          @Override
          public Future<Void> deleted(Predicate<String> isGone) {
            return Future.succeededFuture();
          }
        };
    long epoch = MqttFixture.join(sessions.take("k", "its", session -> false, true, owner)).epoch();
    MqttFixture.join(sessions.save("k", session("a", epoch, StoredSession.CONNECTED)));
    // It has not read yet that this node has the session.
    MqttFixture.join(table.remove("k"));
    await().until(() -> heard.contains("overwritten"));
    MqttFixture.join(sessions.save("k", session("a", epoch, StoredSession.CONNECTED)));
    TableSessionStore other = new TableSessionStore(MqttFixture.join(log.table("sessions", 1)));
    MqttFixture.join(other.save("k", session("b", epoch + 1, StoredSession.CONNECTED)));
    await().until(() -> heard.contains("taken over"));
  }

  @Test
  void aSessionThatHasGrownTooLargeEndsAsItWasKeptWithoutAWillThatIsOver() throws MqttException {
    TableSessionStore small =
        new TableSessionStore(MqttFixture.join(log.table("sessions", 1)), 3000);
    Sessions sessions = new Sessions(small, "a", () -> NOW);
    StoredSession before = session("a", 1, StoredSession.CONNECTED);
    Packet.Will will =
        new Packet.Will(
            "plant/will",
            new byte[900],
            1,
            false,
            new FieldReader(new byte[1], 0, 1).readProperties(Property.Place.WILL));
    MqttFixture.join(sessions.save("k", with(before, will, List.of(subscribed("plant/a")))));
    sessions.leave(
        "k", with(session("a", 1, NOW + 60_000), null, List.of(subscribed("x".repeat(2000)))));
    StoredSession kept = small.get("k").orElseThrow();
    assertThat(kept.endsAt()).isEqualTo(NOW + 60_000);
    assertThat(kept.will()).isEmpty();
  }

  private static StoredSession.Subscribed subscribed(String filter) throws MqttException {
    return new StoredSession.Subscribed(filter, SubscriptionOptions.of(1), 0, null, null, null);
  }

  private static StoredSession with(
      StoredSession session,
      Packet.@Nullable Will will,
      List<StoredSession.Subscribed> subscriptions) {
    return new StoredSession(
        session.node(),
        session.principal(),
        session.epoch(),
        session.nonce(),
        session.published(),
        session.expirySeconds(),
        session.endsAt(),
        Optional.ofNullable(will)
            .map(its -> new StoredSession.KeptWill(its, Set.of(), Optional.empty())),
        subscriptions,
        session.inFlight(),
        session.received());
  }

  @Test
  void whatIsInTheTableCounts() {
    MqttFixture.join(store.save("k", session("a", 1, NOW)));
    int bytes = Table.weight("k".length() + table.get("k").orElseThrow().length);
    TableSessionStore next =
        new TableSessionStore(MqttFixture.join(log.table("sessions", 1)), 3L * bytes);
    List<Boolean> taken = new ArrayList<>();
    for (String key : List.of("x", "y")) {
      taken.add(next.save(key, session("a", 1, NOW)).failed());
    }
    assertThat(taken).containsExactly(true, true);
    assertThat(next.save("k", session("a", 2, NOW)).failed()).isFalse();
  }
}

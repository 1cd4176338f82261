package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.mqtt.StoredSession.Subscribed;
import io.millrace.broker.position.Offsets;
import io.millrace.broker.position.Position;
import io.millrace.broker.topic.MountPoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deletions of before the start, in a table that refuses at first. */
class EarlierDeletionsTest {
  private static final long NOW = 1_000_000;
  private static final String KEY = SessionKey.of("default", MountPoint.NONE, "c");
  private static final String OLD =
      new Position.OfFilter(1, 1, Offsets.of(new long[] {7}), NOW).token();

  private final Vertx vertx = Vertx.vertx();
  private final AnsweredTable table = new AnsweredTable();
  private final TableSessionStore store = new TableSessionStore(table);
  private final Sessions sessions = new Sessions(store, "a", () -> NOW);

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aTableThatRefusesEndsNoStartAndItIsTriedAgain() throws Exception {
    sessions.save(KEY, waiting());
    table.take();
    AtomicBoolean isMadeAgain = new AtomicBoolean();
    EarlierDeletions deletions = new EarlierDeletions(vertx, sessions, its -> isMadeAgain.get(), 1);
    Future<?> start = deletions.tell();
    await().until(() -> table.waiting() > 0);
    isMadeAgain.set(true);
    table.fail();
    await().until(start::succeeded);
    await().until(() -> table.waiting() > 0);
    table.takeAll();
    await().until(() -> Position.anew(OLD).equals(position()));
    deletions.stop();
    assertThat(table.waiting()).isZero();
  }

  private String position() {
    return table
        .get(KEY)
        .flatMap(SessionCodec::decode)
        .orElseThrow()
        .subscriptions()
        .getFirst()
        .position();
  }

  private static StoredSession waiting() throws MqttException {
    return new StoredSession(
        "a",
        "its",
        1,
        "n",
        0,
        60,
        NOW + 60_000,
        Optional.empty(),
        List.of(new Subscribed("gone/+", SubscriptionOptions.of(1), 0, null, OLD, null)),
        List.of(),
        List.of());
  }
}

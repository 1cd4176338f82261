package io.millrace.broker.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Who gets a session, without a connection. */
class SessionsTest {
  private static final long NOW = 1_000_000;

  private final SessionStore store = new MemorySessionStore();
  private final AtomicLong clock = new AtomicLong(NOW);
  private final Sessions sessions = new Sessions(store, "a", clock::get);

  private Future<Sessions.Taken> take(String principal, Sessions.Owner owner) {
    return sessions.take("k", principal, session -> false, true, owner);
  }

  /** A connection whose session no other has. */
  private static class Sole implements Sessions.Owner {
    @Override
    public void takenOver(boolean isDiscarded) {
      throw new IllegalStateException("nobody else has it");
    }

    @Override
    public void overwritten() {
      // There is nothing of it in the table yet.
    }

    @Override
    public Future<Void> deleted(Predicate<String> isGone) {
      return Future.succeededFuture();
    }
  }

  private static Sessions.Owner owner() {
    return new Sole() {
      @Override
      public void overwritten() {
        throw new IllegalStateException("nobody has written it");
      }
    };
  }

  private static StoredSession session(long epoch, long endsAt) {
    return new StoredSession(
        "a", "its", epoch, "n", 0, 60, endsAt, Optional.empty(), List.of(), List.of(), List.of());
  }

  @Test
  void aStrangerThatIsBeingRefusedDoesNotKeepTheOwnerOut() {
    store.save("k", session(1, NOW + 60_000));
    assertThat(take("another", owner()).cause()).isInstanceOf(Sessions.AnothersException.class);
    // The stranger has not said yet that it has left.
    assertThat(take("its", owner()).succeeded()).isTrue();
  }

  @Test
  void aConnectionThatWasTakenOverElsewhereDoesNotEndTheSession() {
    store.save("k", session(2, StoredSession.CONNECTED));
    sessions.end("k", 1);
    assertThat(store.get("k")).isPresent();
    sessions.end("k", 2);
    assertThat(store.get("k")).isEmpty();
  }

  private boolean isThereAtItsEnd() {
    clock.set(NOW + 60_000);
    sessions.tend();
    return store.get("k").isPresent();
  }

  @Test
  void aSessionEndsAtItsTimeWhenItsClientHasComeAndGoneBeforeItWasLetIn() {
    sessions.save("k", session(1, NOW + 60_000));
    Sessions.Owner owner = owner();
    assertThat(sessions.take("k", "its", its -> false, false, owner).succeeded()).isTrue();
    sessions.left(owner);
    assertThat(isThereAtItsEnd()).isFalse();
  }

  @Test
  void aSessionEndsAtItsTimeWhenWhoHadTakenItWasNotLetIn() {
    StoredSession before = session(1, NOW + 60_000);
    sessions.save("k", before);
    Sessions.Owner owner = owner();
    long epoch = sessions.take("k", "its", its -> false, false, owner).result().epoch();
    sessions.save("k", session(epoch, StoredSession.CONNECTED));
    sessions.giveBack("k", before, epoch);
    sessions.left(owner);
    assertThat(store.get("k").orElseThrow().endsAt()).isEqualTo(NOW + 60_000);
    assertThat(isThereAtItsEnd()).isFalse();
  }

  @Test
  void aWillThatWentOutWhileItsClientWasRefusedIsNotKeptAgain() {
    StoredSession before = withWill(1, NOW + 60_000);
    sessions.save("k", before);
    Sessions.Owner owner = owner();
    long epoch = sessions.take("k", "its", its -> false, false, owner).result().epoch();
    // With a will of its own; the one of before was being published when it was taken.
    sessions.save("k", withWill(epoch, StoredSession.CONNECTED));
    sessions.giveBack("k", before, epoch);
    sessions.left(owner);
    assertThat(store.get("k").orElseThrow().endsAt()).isEqualTo(NOW + 60_000);
    assertThat(store.get("k").orElseThrow().will()).isEmpty();
  }

  @Test
  void aWillThatItsNodePublishedWhileAnotherRefusedItsClientIsNotKeptAgain() {
    StoredSession before = withWill(1, NOW + 60_000);
    store.save("k", before);
    Sessions other = new Sessions(store, "b", clock::get);
    Sessions.Owner owner = owner();
    long epoch = other.take("k", "its", its -> false, false, owner).result().epoch();
    // What the other node's connection has given is not in the table.
    store.change("k", its -> Optional.of(its.withoutWill()));
    other.giveBack("k", before, epoch);
    other.left(owner);
    assertThat(store.get("k").orElseThrow().epoch()).isEqualTo(epoch);
    assertThat(store.get("k").orElseThrow().will()).isEmpty();
  }

  @Test
  void aWillOfAnotherNodeIsKeptWhenItsClientIsRefused() {
    StoredSession before = withWill(1, NOW + 60_000);
    store.save("k", before);
    Sessions other = new Sessions(store, "b", clock::get);
    Sessions.Owner owner = owner();
    long epoch = other.take("k", "its", its -> false, false, owner).result().epoch();
    other.save("k", session(epoch, StoredSession.CONNECTED));
    other.giveBack("k", before, epoch);
    other.left(owner);
    assertThat(store.get("k").orElseThrow().will()).isEqualTo(before.will());
  }

  @Test
  void aWillOfBeforeTheStartIsKeptWhenItsClientIsRefused() {
    store.save("k", withWill(1, NOW + 60_000));
    Sessions started = new Sessions(store, "a", clock::get);
    Sessions.Owner owner = owner();
    Sessions.Taken taken = started.take("k", "its", its -> false, false, owner).result();
    started.save("k", session(taken.epoch(), StoredSession.CONNECTED));
    started.giveBack("k", taken.session().orElseThrow(), taken.epoch());
    started.left(owner);
    assertThat(store.get("k").orElseThrow().will()).isPresent();
  }

  private static StoredSession withWill(long epoch, long endsAt) {
    StoredSession its = session(epoch, endsAt);
    Packet.Will will = new Packet.Will("plant/will", new byte[0], 0, false, Properties.NONE);
    return new StoredSession(
        its.node(),
        its.principal(),
        epoch,
        its.nonce(),
        0,
        60,
        endsAt,
        Optional.of(new StoredSession.KeptWill(will, Set.of(), Optional.empty())),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void aSessionDoesNotEndWhileItsClientIsLetIn() {
    sessions.save("k", session(1, NOW + 60_000));
    Sessions.Owner owner = owner();
    sessions.take("k", "its", its -> false, false, owner);
    sessions.letIn("k");
    assertThat(isThereAtItsEnd()).isTrue();
  }

  @Test
  void whoeverHearsOfSessionsThatHaveEndedHearsOfEachOnce() {
    List<String> ended = new ArrayList<>();
    sessions.whenEnded((key, session) -> () -> ended.add(key));
    sessions.save("k", session(1, NOW + 60_000));
    sessions.save("discarded", session(1, NOW + 90_000));
    sessions.take("discarded", "its", its -> false, true, owner());
    assertThat(ended).containsExactly("discarded");
    assertThat(isThereAtItsEnd()).isFalse();
    sessions.tend();
    assertThat(ended).containsExactly("discarded", "k");
  }

  @Test
  void aSessionOfAnotherNodeEndsALittleLaterThanThatNodeEndsIt() {
    SessionStore shared = new MemorySessionStore();
    shared.save("k", session(1, NOW + 60_000));
    Sessions other = new Sessions(shared, "b", clock::get);
    clock.set(NOW + 60_000 + SessionEnds.LATER_MILLIS - 1);
    other.tend();
    assertThat(shared.get("k")).isPresent();
    clock.set(NOW + 60_000 + SessionEnds.LATER_MILLIS);
    other.tend();
    assertThat(shared.get("k")).isEmpty();
  }

  @Test
  void thatASessionWasDiscardedIsToldWhenTheTableHasForgottenIt() {
    AnsweredTable table = new AnsweredTable();
    Sessions kept = new Sessions(new TableSessionStore(table), "a", clock::get);
    List<String> ended = new ArrayList<>();
    kept.whenEnded((key, session) -> () -> ended.add(key));
    kept.save("k", session(1, NOW + 60_000));
    table.take();
    Future<Sessions.Taken> taken = kept.take("k", "its", session -> false, true, new Sole());
    assertThat(ended).isEmpty();
    table.take();
    assertThat(ended).containsExactly("k");
    assertThat(taken.succeeded()).isTrue();
  }

  @Test
  void whoComesWhileItsSessionIsBeingForgottenIsLetInWhenTheTableHasForgottenIt() {
    AnsweredTable table = new AnsweredTable();
    Sessions kept = new Sessions(new TableSessionStore(table), "a", clock::get);
    kept.save("k", session(1, StoredSession.CONNECTED));
    table.take();
    kept.end("k", 1);
    Future<Sessions.Taken> taken = kept.take("k", "its", session -> false, false, new Sole());
    assertThat(taken.isComplete()).isFalse();
    table.takeAll();
    assertThat(taken.result().session()).isEmpty();
    assertThat(table.get("k")).isEmpty();
  }

  @Test
  void aSessionWaitsOnWhenWhatItsRefusedConnectionHasGivenIsInTheTableLater() {
    AnsweredTable table = new AnsweredTable();
    TableSessionStore durable = new TableSessionStore(table);
    Sessions kept = new Sessions(durable, "a", clock::get);
    StoredSession before = session(1, NOW + 60_000);
    kept.save("k", before);
    table.take();
    Sessions.Owner owner = owner();
    long epoch = kept.take("k", "its", session -> false, false, owner).result().epoch();
    kept.save("k", session(epoch, StoredSession.CONNECTED));
    Runnable later = table.fail();
    kept.giveBack("k", before, epoch);
    later.run();
    kept.left(owner);
    table.takeAll();
    StoredSession waiting = durable.get("k").orElseThrow();
    assertThat(waiting.endsAt()).isEqualTo(NOW + 60_000);
    assertThat(waiting.epoch()).isEqualTo(epoch);
  }

  @Test
  void aPrincipalHasAsManyWaitingSessionsAsItLeavesToOthers() {
    assertThat(sessions.mayWait("its", 4)).isTrue();
    sessions.save("k1", session(1, NOW + 60_000));
    assertThat(sessions.mayWait("its", 4)).isTrue();
    sessions.save("k2", session(1, NOW + 60_000));
    assertThat(sessions.mayWait("its", 4)).isFalse();
    assertThat(sessions.mayWait("another", 4)).isTrue();
    sessions.save("k2", session(1, StoredSession.CONNECTED));
    assertThat(sessions.mayWait("its", 4)).isTrue();
  }
}

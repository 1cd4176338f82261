package io.millrace.broker.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Which connection of this node has which session, so that each session has one at a time (section
 * 3.1.4). Thread-safe.
 *
 * <pre>
 *   take ──the one before has left──> taken ──CONNACK──> let in ──left──> kept until it expires
 *                                       └──refused, or lost──> given back: it waits as before
 * </pre>
 */
final class Sessions {
  /** A connection, asked on any thread. */
  interface Owner {
    /**
     * Another connection takes the session: it has to end, and to call {@link #left} then.
     *
     * @param isDiscarded whether the session ends with it
     */
    void takenOver(boolean isDiscarded);

    /**
     * What is kept of the session is not what this connection has given: it has to keep it again.
     */
    void overwritten();

    /**
     * Namespaces were deleted, and none of their names is served before this completes.
     *
     * @return when it knows what it has of them no more
     */
    Future<Void> deleted(Predicate<String> isGone);
  }

  /**
   * What a connection has taken.
   *
   * @param session to go on with; empty for a new one
   * @param epoch of this connection
   */
  record Taken(Optional<StoredSession> session, long epoch) {}

  /** The session is of another principal. */
  static final class AnothersException extends Exception {
    private static final long serialVersionUID = 1L;

    AnothersException() {
      super("the session is of another principal");
    }
  }

  private record Slot(
      String key, String principal, Owner owner, Promise<Void> left, AtomicLong epoch) {}

  /** The epoch of a connection that waits for the one before it to leave. */
  private static final long NOT_YET = Long.MAX_VALUE;

  private final SessionStore store;
  private final String node;
  private final LongSupplier clock;
  private final WaitingWills wills;
  private final SessionEnds ends;
  private final DeletedNamespaces deleted;
  private volatile BiFunction<String, StoredSession, Runnable> ending = (key, session) -> () -> {};

  // All guarded by this.
  /** The last that has taken each, and every one that has not left yet. */
  private final Map<String, Slot> slots = new HashMap<>();

  private final IdentityHashMap<Owner, Slot> owners = new IdentityHashMap<>();

  /**
   * @param node tells this node from others that use the same store, also after its restart
   * @param clock milliseconds since 1970
   */
  Sessions(SessionStore store, String node, LongSupplier clock) {
    this.store = store;
    this.node = node;
    this.clock = clock;
    this.wills = new WaitingWills(store, node, clock);
    this.ends = new SessionEnds(node);
    this.deleted = new DeletedNamespaces(store, ends, this::connected);
    store.forEach(this::found);
    store.onChange(this::changed);
  }

  /** A session of before the start. */
  private void found(String key, StoredSession session) {
    StoredSession waiting = session;
    if (session.endsAt() == StoredSession.CONNECTED) {
      if (!session.node().equals(node)) {
        return;
      }
      // The connection was lost with the process.
      waiting = session.endingAt(clock.getAsLong() + session.expirySeconds() * 1000);
      save(key, waiting);
    } else {
      ends.set(key, session);
    }
    if (session.node().equals(node) && session.will().isPresent()) {
      wills.lost(key, waiting);
    }
  }

  /** The wills of clients that are gone. */
  WaitingWills wills() {
    return wills;
  }

  /**
   * Another node may have taken a session from a connection of this one, or have kept it or
   * forgotten it because it did not know that this one has it.
   */
  private void changed(String key) {
    wills.changed(key);
    Slot here;
    synchronized (this) {
      here = slots.get(key);
    }
    if (here == null) {
      return;
    }
    long epoch = store.get(key).map(StoredSession::epoch).orElse(Long.MIN_VALUE);
    long mine = here.epoch.get();
    if (epoch > mine) {
      here.owner.takenOver(false);
    } else if (epoch < mine && mine != NOT_YET) {
      here.owner.overwritten();
    }
  }

  String node() {
    return node;
  }

  /**
   * Takes a session from whoever has it.
   *
   * @param principal who wants it
   * @param mayHave whether one that waits is given to another principal
   * @return on any thread; {@link #left} has to be called after it, whatever came of it; fails with
   *     {@link AnothersException} where it is not the principal's
   */
  Future<Taken> take(
      String key,
      String principal,
      Predicate<StoredSession> mayHave,
      boolean cleanStart,
      Owner owner) {
    Slot mine = new Slot(key, principal, owner, Promise.promise(), new AtomicLong(NOT_YET));
    Slot before;
    synchronized (this) {
      before = slots.get(key);
      // A stranger never has the slot, not for the moment of its refusal either.
      if (before == null
          ? isRefused(store.get(key), principal, mayHave)
          : !before.principal.equals(principal)) {
        return Future.failedFuture(new AnothersException());
      }
      slots.put(key, mine);
      owners.put(owner, mine);
    }
    if (before == null) {
      return taken(mine, mayHave, cleanStart);
    }
    before.owner.takenOver(cleanStart);
    return before.left.future().compose(gone -> taken(mine, mayHave, cleanStart));
  }

  private Future<Taken> taken(Slot slot, Predicate<StoredSession> mayHave, boolean cleanStart) {
    String key = slot.key;
    long now = clock.getAsLong();
    Optional<StoredSession> found = store.get(key);
    if (isRefused(found, slot.principal, mayHave)) {
      return Future.failedFuture(new AnothersException());
    }
    Optional<StoredSession> kept =
        found
            .filter(session -> !cleanStart && !session.isExpired(now))
            .map(session -> deleted.asOfNow(key, session));
    // Higher than any before, on this node or another.
    long epoch = SessionEpoch.next(found.map(StoredSession::epoch).orElse(0L), now, node);
    slot.epoch.set(epoch);
    if (kept.isPresent()) {
      wills.returns(key);
      return Future.succeededFuture(new Taken(kept, epoch));
    }
    ends.remove(key);
    Optional<Runnable> told = found.map(session -> ending(key, session));
    return forget(key, epoch)
        .onComplete(
            done -> {
              // Until then a crash would have it go on. Where it fails the table tells of it later.
              if (done.succeeded()) {
                wills.taken(key, false);
              }
              told.ifPresent(Runnable::run);
            })
        .map(done -> new Taken(kept, epoch));
  }

  /** Whoever has taken a session goes on with it: it does not end, and nobody is mourned. */
  void letIn(String key) {
    ends.remove(key);
    wills.taken(key, true);
  }

  /**
   * Whoever has taken a session was not let in: it waits as it did before. It is kept so in any
   * case: what its connection has given may be in the table later, also where that was refused.
   *
   * @param epoch of the one that was not let in
   */
  void giveBack(String key, StoredSession before, long epoch) {
    Optional<StoredSession> kept = store.get(key);
    if (kept.isEmpty()) {
      store.delete(key, epoch);
    } else {
      wills.givenBack(key, epoch);
      StoredSession its = before.givenBack(epoch, clock.getAsLong());
      change(key, epoch, there -> hasWill(key, its, there) ? its : its.withoutWill());
      deleted.waits(key);
    }
  }

  /**
   * Whether the will that was kept with a session is still to be published.
   *
   * @param there what is kept now
   */
  private boolean hasWill(String key, StoredSession session, StoredSession there) {
    return session.node().equals(node)
        ? wills.isWaiting(key)
        // Nothing of the refused connection is kept, and the node that had it has published it.
        : there.epoch() == session.epoch() || there.will().isPresent();
  }

  /** Changes a session that nobody has taken who came later than a connection. */
  private void change(String key, long epoch, UnaryOperator<StoredSession> to) {
    store.change(
        key,
        there -> {
          Optional<StoredSession> its =
              Optional.of(there).filter(one -> one.epoch() <= epoch).map(to);
          its.ifPresent(one -> ends.set(key, one));
          return its;
        });
  }

  private Runnable ending(String key, StoredSession session) {
    return ending.apply(key, deleted.asOfNow(key, session));
  }

  private boolean isRefused(
      Optional<StoredSession> found, String principal, Predicate<StoredSession> mayHave) {
    return found
        .filter(session -> !session.isExpired(clock.getAsLong()))
        .filter(session -> !session.principal().isEmpty())
        .filter(session -> !session.principal().equals(principal))
        .filter(session -> !mayHave.test(session))
        .isPresent();
  }

  /** Completes when the session is gone, also where it is being forgotten already. */
  private Future<Void> forget(String key, long epoch) {
    return store.get(key).isPresent()
        ? store.delete(key, epoch)
        : store.change(key, none -> Optional.empty());
  }

  /** Keeps a session as it is now. */
  Future<Void> save(String key, StoredSession session) {
    ends.set(key, session);
    return store.save(key, session);
  }

  /**
   * Keeps a session whose connection is over. One that has become larger than it may goes on as it
   * was kept last.
   */
  void leave(String key, StoredSession session) {
    save(key, session)
        .onFailure(
            failure -> {
              if (failure instanceof SessionStore.NoRoomException) {
                ends.remove(key);
                change(key, session.epoch(), kept -> kept.endingAs(session));
              }
            });
    deleted.waits(key);
  }

  /**
   * The session has ended.
   *
   * @param epoch of the connection that ends it
   */
  Future<Void> end(String key, long epoch) {
    return forget(key, epoch);
  }

  /** A connection that had taken a session is over; what is to be kept was saved. */
  void left(Owner owner) {
    Slot mine;
    synchronized (this) {
      mine = owners.remove(owner);
      if (mine != null) {
        slots.remove(mine.key, mine);
      }
    }
    if (mine != null) {
      wills.leaves(mine.key);
      mine.left.complete();
    }
  }

  /** As {@link DeletedNamespaces#beginAnew}. */
  void beginAnew(Predicate<String> isGone) throws InterruptedException {
    deleted.beginAnew(isGone);
  }

  /** As {@link DeletedNamespaces#beginAnewWhereAway}. */
  void beginAnewWhereAway(Predicate<String> isGone) throws InterruptedException {
    deleted.beginAnewWhereAway(isGone);
  }

  private synchronized Map<Owner, String> connected() {
    Map<Owner, String> connected = new HashMap<>();
    owners.forEach((owner, slot) -> connected.put(owner, slot.key));
    return connected;
  }

  /** Ends what has expired, and does again what has failed; to be called every now and then. */
  void tend() {
    store.retry();
    long now = clock.getAsLong();
    for (String due = ends.takeDue(now); due != null; due = ends.takeDue(now)) {
      Optional<StoredSession> session = store.get(due);
      if (session.isPresent() && session.get().isExpired(now)) {
        String key = due;
        Runnable told = ending(key, session.get());
        store.delete(key, session.get().epoch()).onComplete(done -> told.run());
      }
    }
  }

  /**
   * Says who hears of each session that expires, or is discarded without having a connection.
   *
   * @param told gets the key and what is kept, and gives what is to be done when the session has
   *     ended; on any thread
   */
  void whenEnded(BiFunction<String, StoredSession, Runnable> told) {
    ending = told;
  }

  /** Whether a client's session is there, with a connection or waiting for one. */
  boolean isThere(String key) {
    return store.get(key).filter(session -> !session.isExpired(clock.getAsLong())).isPresent();
  }

  /** Whether sessions outlive the process. */
  boolean isDurable() {
    return store.isDurable();
  }

  /** How many sessions wait for their client. */
  int waiting() {
    return ends.size();
  }

  /**
   * Whether one more session of a principal may wait for its client: as many as it leaves free, so
   * that none takes the room of all.
   *
   * @param most of all principals
   */
  boolean mayWait(String principal, int most) {
    return ends.of(principal) < most - ends.size();
  }
}

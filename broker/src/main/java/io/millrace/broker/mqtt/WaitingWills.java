package io.millrace.broker.mqtt;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The wills of clients that are gone, until they are published or their clients are back. What is
 * kept of a session has its will as long as it waits here, so that it survives this process.
 * Thread-safe.
 *
 * <pre>
 *   lost ──made anew──> waits ──due, or the session ends──> published
 *    ^                    │└──let in here──> cancelled
 *    │                    └──another node takes the session──> cancelled, elsewhere
 *    └──that node gives it back with the will────────────────────────────┘ └──left there──> forgotten
 * </pre>
 */
final class WaitingWills {
  private record Waiting(LastWill will, long epoch, String nonce) {}

  private final SessionStore store;
  private final String node;
  private final LongSupplier clock;
  private volatile BiConsumer<String, StoredSession> givenBack = (key, session) -> {};

  // All guarded by this.
  private final Map<String, Waiting> byKey = new HashMap<>();

  /** Whose wills are only in what is kept, and are to be {@link #mourn made anew} from that. */
  private final Map<String, StoredSession> lost = new HashMap<>();

  /** Whose wills waited until another node took the session, which may yet give it back. */
  private final Set<String> elsewhere = new HashSet<>();

  /** Whose clients have come and are not let in yet. */
  private final Set<String> returning = new HashSet<>();

  /**
   * @param node this one
   * @param clock milliseconds since 1970
   */
  WaitingWills(SessionStore store, String node, LongSupplier clock) {
    this.store = store;
    this.node = node;
    this.clock = clock;
  }

  /** The connection of a session that has a will was lost with the process before this one. */
  synchronized void lost(String key, StoredSession session) {
    lost.put(key, session);
  }

  /** Those whose wills are to be made anew. */
  synchronized Map<String, StoredSession> lost() {
    return Map.copyOf(lost);
  }

  /**
   * Says who hears of a session that another node has given back with a will that waited here.
   *
   * @param told is to have the will made anew, and is on any thread
   */
  void whenGivenBack(BiConsumer<String, StoredSession> told) {
    givenBack = told;
  }

  /** A will that was made anew waits; false when its client has come back before. */
  synchronized boolean mourn(String key, LastWill will) {
    StoredSession session = lost.remove(key);
    if (session == null) {
      return false;
    }
    add(key, session.epoch(), session.nonce(), will);
    // What has changed since was of no will that waits.
    changed(key);
    return true;
  }

  /**
   * One more, which is to be published later.
   *
   * @param epoch of the session
   * @param nonce of the session
   */
  synchronized void add(String key, long epoch, String nonce, LastWill will) {
    Waiting before = byKey.put(key, new Waiting(will, epoch, nonce));
    if (before != null) {
      before.will.cancel();
    }
    elsewhere.remove(key);
    will.whenOver(() -> over(key, will));
    if (returning.contains(key)) {
      will.hold();
    }
  }

  /** The client has come for its session, and may yet be refused. */
  synchronized void returns(String key) {
    returning.add(key);
    Waiting one = byKey.get(key);
    if (one != null) {
      one.will.hold();
    }
  }

  /**
   * It was not let in, and its session has got another epoch by that.
   *
   * @param epoch which the session is about to be kept with
   */
  synchronized void givenBack(String key, long epoch) {
    byKey.computeIfPresent(key, (its, one) -> new Waiting(one.will, epoch, one.nonce));
  }

  /** It has gone again, without being let in or after that. */
  synchronized void leaves(String key) {
    if (returning.remove(key)) {
      Waiting one = byKey.get(key);
      if (one != null) {
        one.will.release();
      }
      changed(key);
    }
  }

  /** Whether the will of a client is still to be published, or is about to be. */
  synchronized boolean isWaiting(String key) {
    return byKey.containsKey(key) || lost.containsKey(key) || elsewhere.contains(key);
  }

  /** It was published, or is not to be: it is not kept any more. */
  private void over(String key, LastWill will) {
    Waiting one = removed(key, will);
    if (one != null) {
      long now = clock.getAsLong();
      store.change(
          key,
          kept ->
              Optional.of(kept)
                  .filter(session -> session.epoch() == one.epoch && session.will().isPresent())
                  .filter(session -> session.endsAt() != StoredSession.CONNECTED)
                  .filter(session -> !session.isExpired(now))
                  .map(StoredSession::withoutWill));
    }
  }

  private synchronized @Nullable Waiting removed(String key, LastWill will) {
    Waiting one = byKey.get(key);
    return one != null && one.will.equals(will) ? byKey.remove(key) : null;
  }

  /**
   * The client is back.
   *
   * @param goesOn whether with its session; otherwise that has ended, and the will is due
   */
  synchronized void taken(String key, boolean goesOn) {
    returning.remove(key);
    elsewhere.remove(key);
    if (goesOn) {
      lost.remove(key);
    }
    Waiting one = byKey.remove(key);
    if (one == null) {
      return;
    }
    if (goesOn) {
      one.will.cancel();
    } else {
      one.will.release();
      one.will.publish();
    }
  }

  /**
   * What is kept has changed: another node may have the client now, or have given it back. While it
   * is being let in here it is this one that changes it.
   */
  synchronized void changed(String key) {
    Waiting one = byKey.get(key);
    if (returning.contains(key) || (one == null && !elsewhere.contains(key))) {
      return;
    }
    Optional<StoredSession> now = store.get(key);
    if (one == null) {
      awayHasChanged(key, now);
    } else if (now.isEmpty()) {
      taken(key, false);
    } else if (now.get().epoch() > one.epoch) {
      taken(key, one, now.get());
    }
  }

  /** Somebody has taken a session whose will waits. */
  private void taken(String key, Waiting one, StoredSession now) {
    // Who goes on with a session goes on with its nonce.
    boolean goesOn = now.nonce().equals(one.nonce);
    if (goesOn && isToWait(now)) {
      byKey.put(key, new Waiting(one.will, now.epoch(), one.nonce));
      return;
    }
    taken(key, goesOn);
    if (goesOn && now.endsAt() == StoredSession.CONNECTED) {
      elsewhere.add(key);
    }
  }

  private void awayHasChanged(String key, Optional<StoredSession> now) {
    if (now.filter(session -> session.endsAt() == StoredSession.CONNECTED).isPresent()) {
      return;
    }
    elsewhere.remove(key);
    now.filter(this::isToWait)
        .ifPresent(
            session -> {
              lost.put(key, session);
              givenBack.accept(key, session);
            });
  }

  /** Whether a session has no connection, and this node is to see to its will. */
  private boolean isToWait(StoredSession session) {
    return session.node().equals(node)
        && session.endsAt() != StoredSession.CONNECTED
        && session.will().isPresent();
  }
}

package io.millrace.broker.mqtt;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The wills of clients that are gone, until they are published or their clients are back. What is
 * kept of a session has its will as long as it waits here, so that it survives this process.
 * Thread-safe.
 */
final class WaitingWills {
  private record Waiting(LastWill will, long epoch, String nonce) {}

  private final SessionStore store;
  private final LongSupplier clock;

  // All guarded by this.
  private final Map<String, Waiting> byKey = new HashMap<>();

  /** Whose clients have come and are not let in yet. */
  private final Set<String> returning = new HashSet<>();

  /**
   * @param clock milliseconds since 1970
   */
  WaitingWills(SessionStore store, LongSupplier clock) {
    this.store = store;
    this.clock = clock;
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
    return byKey.containsKey(key);
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
   * What is kept has changed: another node may have the client now. While it is being let in here
   * it is this one that changes it.
   */
  synchronized void changed(String key) {
    Waiting one = byKey.get(key);
    if (one == null || returning.contains(key)) {
      return;
    }
    Optional<StoredSession> now = store.get(key);
    if (now.isEmpty()) {
      taken(key, false);
    } else if (now.get().epoch() > one.epoch) {
      // Who goes on with a session goes on with its nonce.
      taken(key, now.get().nonce().equals(one.nonce));
    }
  }
}

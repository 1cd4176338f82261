package io.millrace.broker.mqtt;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where sessions are kept. Thread-safe. What was given counts for {@link #get} at once; the future
 * tells when it is safe.
 */
interface SessionStore {
  /** A session, or all of its principal's together, would be larger than they may. */
  final class NoRoomException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param words for whoever runs the client
     */
    NoRoomException(String words) {
      super(words);
    }
  }

  /** Whether it outlives the process, so that what was told to clients has to be in it before. */
  boolean isDurable();

  Optional<StoredSession> get(String key);

  /**
   * Keeps a session. One of a lower epoch than is there is passed over: it was taken over. What is
   * of no connection any more is kept as soon as it can be, also where this fails.
   *
   * @return on the caller's context; fails with {@link NoRoomException}, then it is as before, or
   *     as the store does
   */
  Future<Void> save(String key, StoredSession session);

  /**
   * Changes a session as it is in this moment: nothing else changes it on this node meanwhile.
   *
   * @param change gets what is there, and gives what is to be there instead; empty for no change
   * @return as {@link #save}; where nothing is changed it tells when what was given before is safe
   */
  Future<Void> change(String key, Function<StoredSession, Optional<StoredSession>> change);

  /**
   * Forgets a session, as soon as it can be, also where this fails.
   *
   * @param epoch of whoever ends it: one of a higher epoch was taken over, and stays
   */
  Future<Void> delete(String key, long epoch);

  /** Does again what has failed; to be called every now and then. */
  void retry();

  /**
   * Gives every session. One that is about to be kept otherwise comes twice, as it was and as it is
   * to be.
   */
  void forEach(BiConsumer<String, StoredSession> each);

  /**
   * Tells of changes, also of other nodes.
   *
   * @param changed gets the key, on any thread; has to be quick
   */
  void onChange(Consumer<String> changed);
}

package io.millrace.packager.state;

import io.millrace.storage.ObjectInfo;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StoredObject;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Stores the states of one broadcast, each in place of the one before, so that of two writers only
 * the one with the higher epoch goes on. One write at a time; confined to one context.
 */
public final class StateWriter {
  private final ObjectStore store;
  private final String key;
  private Optional<String> tag;
  private boolean unsure;

  /**
   * @param tag of the state to replace; empty for a new broadcast
   */
  public StateWriter(ObjectStore store, String key, Optional<String> tag) {
    this.store = store;
    this.key = key;
    this.tag = tag;
  }

  /**
   * Stores a state.
   *
   * @return fails with {@link FencedException} when another writer has taken the broadcast
   */
  public Future<Void> write(BroadcastState state) {
    return (unsure ? findOwn(state) : Future.<Void>succeededFuture())
        .compose(v -> store.advance(key, tag, state.toBuffer()))
        .onFailure(failure -> unsure = true)
        .compose(stored -> settle(stored));
  }

  private Future<Void> settle(Optional<ObjectInfo> stored) {
    if (stored.isEmpty()) {
      return Future.failedFuture(new FencedException(key));
    }
    tag = Optional.of(stored.get().tag());
    return Future.succeededFuture();
  }

  /** A write that failed may have been done all the same. */
  private Future<Void> findOwn(BroadcastState mine) {
    return store
        .get(key)
        .compose(
            found -> {
              if (found.isPresent() && !isOwn(found.get(), mine)) {
                return Future.failedFuture(new FencedException(key));
              }
              tag = found.map(StoredObject::info).map(ObjectInfo::tag);
              unsure = false;
              return Future.succeededFuture();
            });
  }

  /** The tag we had, or a state of this very writer. */
  private boolean isOwn(StoredObject found, BroadcastState mine) {
    if (tag.isPresent() && tag.get().equals(found.info().tag())) {
      return true;
    }
    try {
      BroadcastState stored = BroadcastState.parse(found.content());
      return stored.epoch() == mine.epoch() && stored.writer().equals(mine.writer());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Another writer has taken the broadcast; this one must stop. */
  public static final class FencedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FencedException(String key) {
      super(key + " belongs to a newer writer");
    }
  }
}

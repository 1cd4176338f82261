package io.millrace.broker.mqtt;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Keeps sessions as long as the process lives. */
final class MemorySessionStore implements SessionStore {
  private final Map<String, StoredSession> sessions = new ConcurrentHashMap<>();

  @Override
  public boolean isDurable() {
    return false;
  }

  @Override
  public Optional<StoredSession> get(String key) {
    return Optional.ofNullable(sessions.get(key));
  }

  @Override
  public Future<Void> save(String key, StoredSession session) {
    sessions.merge(key, session, (old, its) -> its.epoch() < old.epoch() ? old : its);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> change(String key, Function<StoredSession, Optional<StoredSession>> change) {
    sessions.computeIfPresent(key, (its, session) -> change.apply(session).orElse(session));
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> delete(String key, long epoch) {
    sessions.computeIfPresent(key, (its, session) -> session.epoch() > epoch ? session : null);
    return Future.succeededFuture();
  }

  @Override
  public void retry() {
    // Nothing fails.
  }

  @Override
  public void forEach(BiConsumer<String, StoredSession> each) {
    sessions.forEach(each);
  }

  @Override
  public void onChange(Consumer<String> changed) {
    // Nobody else changes it.
  }
}

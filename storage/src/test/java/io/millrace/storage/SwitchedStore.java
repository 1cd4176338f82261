package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that can be away, and whose puts can be held up before they are done. */
final class SwitchedStore implements ObjectStore {
  private final ObjectStore target;
  private final AtomicInteger puts = new AtomicInteger();
  private final AtomicInteger lists = new AtomicInteger();
  private volatile boolean away;
  private volatile boolean losing;
  private volatile Future<Void> gate = Future.succeededFuture();

  SwitchedStore(ObjectStore target) {
    this.target = target;
  }

  void goAway() {
    away = true;
  }

  void comeBack() {
    away = false;
    losing = false;
  }

  /** Conditional puts are done, and answered by nobody, until {@link #comeBack}. */
  void loseAnswers() {
    losing = true;
  }

  /** Puts wait until the promise is completed. */
  Promise<Void> holdPuts() {
    Promise<Void> held = Promise.promise();
    gate = held.future();
    return held;
  }

  /** Further puts do not wait. */
  void letPutsPass() {
    gate = Future.succeededFuture();
  }

  int puts() {
    return puts.get();
  }

  int lists() {
    return lists.get();
  }

  private <T> Future<T> unlessAway(Future<T> answer) {
    return away
        ? Future.failedFuture(
            new StorageException(StorageException.Reason.UNAVAILABLE, "away", null))
        : answer;
  }

  @Override
  public Future<ObjectInfo> put(String key, Buffer content) {
    puts.incrementAndGet();
    return away
        ? unlessAway(Future.succeededFuture())
        : gate.compose(v -> target.put(key, content));
  }

  @Override
  public Future<ObjectInfo> putFile(String key, Path file) {
    puts.incrementAndGet();
    return away
        ? unlessAway(Future.succeededFuture())
        : gate.compose(v -> target.putFile(key, file));
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    return away
        ? unlessAway(Future.succeededFuture())
        : target
            .putIf(key, expectedTag, content)
            .compose(
                done ->
                    losing
                        ? Future.failedFuture(
                            new StorageException(StorageException.Reason.UNAVAILABLE, "lost", null))
                        : Future.succeededFuture(done));
  }

  @Override
  public Future<Boolean> copy(String from, String to) {
    return unlessAway(target.copy(from, to));
  }

  @Override
  public Future<Optional<StoredObject>> get(String key) {
    return unlessAway(target.get(key));
  }

  @Override
  public Future<Optional<Buffer>> getRange(String key, long offset, int length) {
    return unlessAway(target.getRange(key, offset, length));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return unlessAway(target.head(key));
  }

  @Override
  public Future<List<ObjectInfo>> list(String prefix, String after, int limit) {
    lists.incrementAndGet();
    return unlessAway(target.list(prefix, after, limit));
  }

  @Override
  public Future<Void> delete(String key) {
    return away ? unlessAway(Future.succeededFuture()) : target.delete(key);
  }

  @Override
  public Future<Void> settleRemoval(String prefix) {
    return target.settleRemoval(prefix);
  }

  @Override
  public Future<Void> close() {
    return target.close();
  }
}

package io.millrace.packager.live;

import io.millrace.storage.ObjectInfo;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StorageException;
import io.millrace.storage.StoredObject;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose writes and deletes can be made to fail, and its writes to hang. */
final class FaultyStore implements ObjectStore {
  enum Fault {
    NONE,
    FULL,
    HANGS,
    /** Conditional puts wait for {@link #releaseOne}. */
    HOLDS,
    /** Deletes fail. */
    KEEPS,
    /** Deletes may come back. */
    FORGETS_DELETES
  }

  private final ObjectStore store;
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger conditional = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger refusedDeletes = new AtomicInteger();
  private final Queue<Promise<Void>> held = new ConcurrentLinkedQueue<>();
  private volatile Fault fault = Fault.NONE;
  private volatile String heldPart = "";
  private volatile Promise<Void> gate = Promise.promise();
  private volatile Optional<Double> free = Optional.empty();

  FaultyStore(ObjectStore store) {
    this.store = store;
  }

  /** How often an object has been read. */
  int reads() {
    return reads.get();
  }

  /** How many conditional puts have been asked for. */
  int conditionalPuts() {
    return conditional.get();
  }

  /** How many conditional puts have found no room. */
  int refused() {
    return refused.get();
  }

  /** How many deletes have failed. */
  int refusedDeletes() {
    return refusedDeletes.get();
  }

  /** Puts of keys that have this in them wait until the promise is completed. */
  Promise<Void> holdPutsOf(String part) {
    gate = Promise.promise();
    heldPart = part;
    return gate;
  }

  void becomes(Fault now) {
    fault = now;
  }

  /** How many conditional puts wait. */
  int held() {
    return held.size();
  }

  /** Lets the oldest waiting conditional put go on. */
  void releaseOne() {
    held.remove().complete();
  }

  @Override
  public Future<ObjectInfo> put(String key, Buffer content) {
    return switch (fault) {
      case NONE, HOLDS, KEEPS, FORGETS_DELETES ->
          !heldPart.isEmpty() && key.contains(heldPart)
              ? gate.future().compose(v -> store.put(key, content))
              : store.put(key, content);
      case FULL -> Future.failedFuture(full());
      case HANGS -> Promise.<ObjectInfo>promise().future();
    };
  }

  @Override
  public Future<ObjectInfo> putFile(String key, Path file) {
    return switch (fault) {
      case NONE, HOLDS, KEEPS, FORGETS_DELETES -> store.putFile(key, file);
      case FULL -> Future.failedFuture(full());
      case HANGS -> Promise.<ObjectInfo>promise().future();
    };
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    conditional.incrementAndGet();
    return switch (fault) {
      case NONE, KEEPS, FORGETS_DELETES -> store.putIf(key, expectedTag, content);
      case FULL -> {
        refused.incrementAndGet();
        yield Future.failedFuture(full());
      }
      case HANGS -> Promise.<Optional<ObjectInfo>>promise().future();
      case HOLDS -> {
        Promise<Void> release = Promise.promise();
        held.add(release);
        yield release.future().compose(v -> store.putIf(key, expectedTag, content));
      }
    };
  }

  @Override
  public Future<Optional<StoredObject>> get(String key) {
    reads.incrementAndGet();
    return store.get(key);
  }

  @Override
  public Future<Optional<Buffer>> getRange(String key, long offset, int length) {
    reads.incrementAndGet();
    return store.getRange(key, offset, length);
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return store.head(key);
  }

  @Override
  public Future<List<ObjectInfo>> list(String prefix, String after, int limit) {
    return store.list(prefix, after, limit);
  }

  @Override
  public Future<Void> delete(String key) {
    if (fault == Fault.KEEPS) {
      refusedDeletes.incrementAndGet();
      return Future.failedFuture(full());
    }
    return store.delete(key);
  }

  @Override
  public Future<Void> settleRemoval(String prefix) {
    if (fault == Fault.FORGETS_DELETES) {
      refusedDeletes.incrementAndGet();
      return Future.failedFuture(full());
    }
    return store.settleRemoval(prefix);
  }

  /** So much of its room is free from now on. */
  void free(double share) {
    free = Optional.of(share);
  }

  @Override
  public Future<Optional<Double>> freeShare() {
    return Future.succeededFuture(free);
  }

  @Override
  public Future<Void> close() {
    return store.close();
  }

  private static StorageException full() {
    return new StorageException(StorageException.Reason.FULL, "no room is left", null);
  }
}

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
import java.util.function.Supplier;

/** A store that can be made to fail, to hang, and to wait with some of what is asked of it. */
final class FaultyStore implements ObjectStore {
  enum Fault {
    NONE,
    /** Nothing goes well. */
    AWAY,
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
  private volatile String heldReads = "";
  private volatile Promise<Void> readGate = Promise.promise();
  private volatile String heldDeletes = "";
  private volatile Promise<Void> deleteGate = Promise.promise();
  private final AtomicInteger late = new AtomicInteger();
  private final AtomicInteger undelivered = new AtomicInteger();
  private final AtomicInteger mostUndelivered = new AtomicInteger();

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

  /** Reading keys that have this in them waits until the promise is completed. */
  Promise<Void> holdReadsOf(String part) {
    readGate = Promise.promise();
    heldReads = part;
    return readGate;
  }

  /** Deletes of keys that have this in them wait until the promise is completed. */
  Promise<Void> holdDeletesOf(String part) {
    deleteGate = Promise.promise();
    heldDeletes = part;
    return deleteGate;
  }

  /** So often it is answered that what was put is not delivered yet. */
  void deliversLate(int times) {
    late.set(times);
  }

  /** How many copies have been made at most before it was asked whether they are delivered. */
  int mostUndelivered() {
    return mostUndelivered.get();
  }

  private <T> Future<T> unlessAway(Supplier<Future<T>> work) {
    return fault == Fault.AWAY
        ? Future.failedFuture(
            new StorageException(StorageException.Reason.UNAVAILABLE, "away", null))
        : work.get();
  }

  private <T> Future<T> held(
      String part, Promise<Void> until, String key, Supplier<Future<T>> work) {
    return !part.isEmpty() && key.contains(part)
        ? until.future().compose(v -> unlessAway(work))
        : unlessAway(work);
  }

  @Override
  public Future<Boolean> copy(String from, String to) {
    mostUndelivered.accumulateAndGet(undelivered.incrementAndGet(), Math::max);
    return switch (fault) {
      case NONE, HOLDS, KEEPS, FORGETS_DELETES, AWAY ->
          held(heldPart, gate, to, () -> store.copy(from, to));
      case FULL -> Future.failedFuture(full());
      case HANGS -> Promise.<Boolean>promise().future();
    };
  }

  @Override
  public Future<Void> delivered(String prefix) {
    undelivered.set(0);
    return late.getAndUpdate(times -> Math.max(0, times - 1)) > 0
        ? Future.failedFuture(
            new StorageException(StorageException.Reason.UNAVAILABLE, "not yet", null))
        : unlessAway(() -> store.delivered(prefix));
  }

  /** Puts and copies to keys that have this in them wait until the promise is completed. */
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
      case NONE, HOLDS, KEEPS, FORGETS_DELETES, AWAY ->
          held(heldPart, gate, key, () -> store.put(key, content));
      case FULL -> Future.failedFuture(full());
      case HANGS -> Promise.<ObjectInfo>promise().future();
    };
  }

  @Override
  public Future<ObjectInfo> putFile(String key, Path file) {
    return switch (fault) {
      case NONE, HOLDS, KEEPS, FORGETS_DELETES, AWAY -> unlessAway(() -> store.putFile(key, file));
      case FULL -> Future.failedFuture(full());
      case HANGS -> Promise.<ObjectInfo>promise().future();
    };
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    conditional.incrementAndGet();
    return switch (fault) {
      case NONE, KEEPS, FORGETS_DELETES, AWAY ->
          unlessAway(() -> store.putIf(key, expectedTag, content));
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
    return held(heldReads, readGate, key, () -> store.get(key));
  }

  @Override
  public Future<Optional<Buffer>> getRange(String key, long offset, int length) {
    reads.incrementAndGet();
    return unlessAway(() -> store.getRange(key, offset, length));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return unlessAway(() -> store.head(key));
  }

  @Override
  public Future<List<ObjectInfo>> list(String prefix, String after, int limit) {
    return unlessAway(() -> store.list(prefix, after, limit));
  }

  @Override
  public Future<Void> delete(String key) {
    if (fault == Fault.KEEPS) {
      refusedDeletes.incrementAndGet();
      return Future.failedFuture(full());
    }
    return held(heldDeletes, deleteGate, key, () -> store.delete(key));
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

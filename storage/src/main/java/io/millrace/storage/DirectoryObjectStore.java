package io.millrace.storage;

import io.millrace.config.FileFailure;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Objects in a directory of this machine. Files are touched on worker threads only. One process may
 * have the directory open. A key cannot also be a directory of other keys ({@code a} and {@code
 * a/b}): the later put fails.
 */
public final class DirectoryObjectStore implements ObjectStore {
  private static final int WORKERS = 8;
  private static final int STRIPES = 64;
  private static final int MAX_PAGE = 1000;

  private final Vertx vertx;
  private final ObjectDirectory directory;
  private final WorkerExecutor workers;
  private final StorageMetrics metrics;
  private final Lock[] stripes = new Lock[STRIPES];
  private final UnderWay underWay = new UnderWay();

  /**
   * Opens the directory; blocks for the moment that takes.
   *
   * @throws StorageException when the directory cannot be used
   */
  public DirectoryObjectStore(Vertx vertx, Path root, PrometheusRegistry registry) {
    this(vertx, root, new StorageMetrics(registry));
  }

  DirectoryObjectStore(Vertx vertx, Path root, StorageMetrics metrics) {
    try {
      directory = new ObjectDirectory(root);
    } catch (IOException e) {
      throw new StorageException(reason(e), FileFailure.ofMaking(root, e), e);
    }
    this.vertx = vertx;
    workers = vertx.createSharedWorkerExecutor("millrace-storage", WORKERS);
    this.metrics = metrics;
    Arrays.setAll(stripes, i -> new ReentrantLock());
  }

  @Override
  public Future<ObjectInfo> put(String key, Buffer content) {
    return run("put", key, () -> locked(key, () -> write(key, content)));
  }

  @Override
  public Future<ObjectInfo> putFile(String key, Path file) {
    return run(
        "put",
        key,
        () ->
            locked(
                key,
                () -> {
                  ObjectInfo info = directory.writeFile(key, file);
                  metrics.wrote(info.size());
                  return info;
                }));
  }

  @Override
  public Future<Boolean> copy(String from, String to) {
    return copied(from, to).map(Optional::isPresent);
  }

  /** The same; what is stored then. */
  Future<Optional<ObjectInfo>> copied(String from, String to) {
    return run("copy", to, () -> locked(to, () -> directory.copy(ObjectKey.checked(from), to)));
  }

  /** Where an object is; to be read only. */
  Path fileOf(String key) {
    return directory.file(ObjectKey.checked(key));
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    return run(
        "putIf",
        key,
        () ->
            locked(
                key,
                () ->
                    directory.head(key).map(ObjectInfo::tag).equals(expectedTag)
                        ? Optional.of(write(key, content))
                        : Optional.empty()));
  }

  @Override
  public Future<Optional<StoredObject>> get(String key) {
    return run(
        "get",
        key,
        () ->
            directory
                .read(key, 0, Integer.MAX_VALUE)
                .map(found -> new StoredObject(found.info(), buffer(found.bytes()))));
  }

  @Override
  public Future<Optional<Buffer>> getRange(String key, long offset, int length) {
    if (offset < 0 || length < 0) {
      return Future.failedFuture(
          new IllegalArgumentException("range of " + length + " from " + offset));
    }
    return run(
        "getRange",
        key,
        () -> directory.read(key, offset, length).map(found -> buffer(found.bytes())));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return run("head", key, () -> directory.head(key));
  }

  @Override
  public Future<List<ObjectInfo>> list(String prefix, String after, int limit) {
    try {
      String from = ObjectKey.checkedPrefix(prefix);
      if (limit < 1 || limit > MAX_PAGE) {
        throw new IllegalArgumentException("page of " + limit);
      }
      return submit("list", prefix, () -> directory.list(from, after, limit));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  /** Every object, in order of key. */
  Future<List<ObjectInfo>> all() {
    return submit("list", "", () -> directory.list("", "", Integer.MAX_VALUE));
  }

  @Override
  public Future<Void> delete(String key) {
    Future<Optional<ObjectInfo>> deleted =
        run(
            "delete",
            key,
            () ->
                locked(
                    key,
                    () -> {
                      directory.delete(key);
                      return Optional.empty();
                    }));
    return deleted.mapEmpty();
  }

  @Override
  public Future<Void> settleRemoval(String prefix) {
    try {
      String checked = ObjectKey.checkedPrefix(prefix);
      Future<Optional<ObjectInfo>> settled =
          submit(
              "settleRemoval",
              prefix,
              () -> {
                directory.settleRemoval(checked);
                return Optional.empty();
              });
      return settled.mapEmpty();
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<Optional<Double>> freeShare() {
    return submit("freeShare", "", directory::freeShare);
  }

  @Override
  public Future<Void> close() {
    return underWay.close().compose(v -> workers.close());
  }

  private ObjectInfo write(String key, Buffer content) throws IOException {
    ObjectInfo info = directory.write(key, ((BufferInternal) content).getByteBuf().nioBuffers());
    metrics.wrote(info.size());
    return info;
  }

  private Buffer buffer(ByteBuffer bytes) {
    metrics.readBytes(bytes.remaining());
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Buffer.buffer(copy);
  }

  private <T> Future<T> run(String operation, String key, Work<T> work) {
    try {
      String checked = ObjectKey.checked(key);
      return submit(operation, checked, work);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  private <T> Future<T> submit(String operation, String key, Work<T> work) {
    if (!underWay.enter()) {
      return UnderWay.refused(operation, key);
    }
    long started = System.nanoTime();
    Context caller = Vertx.currentContext();
    Future<T> done = onWorker(operation, key, work, started);
    return caller == null || caller.owner().equals(vertx) ? done : completeOn(caller, done);
  }

  /**
   * Our own Vert.x completes on its caller's context by itself; another one's has to be told to. A
   * caller whose Vert.x is closed meanwhile is told nothing.
   */
  static <T> Future<T> completeOn(Context caller, Future<T> done) {
    Promise<T> promise = Promise.promise();
    done.onComplete(
        result -> {
          try {
            caller.runOnContext(v -> promise.handle(result));
          } catch (RejectedExecutionException e) {
            // The caller's Vert.x has been closed: nobody waits, and no thread of its is left.
          }
        });
    return promise.future();
  }

  private <T> Future<T> onWorker(String operation, String key, Work<T> work, long started) {
    return workers
        .executeBlocking(() -> attempt(operation, key, work), false)
        .map(result -> Objects.requireNonNull(result))
        .onComplete(
            done -> {
              metrics.finished(operation, System.nanoTime() - started, done.cause());
              underWay.leave();
            });
  }

  private <T> T locked(String key, Work<T> work) throws IOException {
    Lock lock = stripes[Math.floorMod(key.hashCode(), STRIPES)];
    lock.lock();
    try {
      return work.run();
    } finally {
      lock.unlock();
    }
  }

  private static <T> T attempt(String operation, String key, Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw failure(operation, key, e);
    } catch (DirectoryIteratorException e) {
      throw failure(operation, key, Objects.requireNonNull(e.getCause()));
    }
  }

  static StorageException failure(String operation, String key, IOException e) {
    return new StorageException(
        reason(e),
        operation + " " + key + ": " + (FileFailure.isFull(e) ? "no room is left" : e.toString()),
        e);
  }

  private static StorageException.Reason reason(IOException e) {
    return FileFailure.isFull(e)
        ? StorageException.Reason.FULL
        : StorageException.Reason.UNAVAILABLE;
  }

  /** File work that may fail as files do. */
  private interface Work<T> {
    T run() throws IOException;
  }
}

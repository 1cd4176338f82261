package io.millrace.storage;

import io.millrace.config.FileFailure;
import io.millrace.storage.S3Bucket.Condition;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Objects in a bucket. Each operation is a virtual thread: it waits for one of the connections,
 * asks, and asks again after a pause while the failure may pass, for {@link S3Config#retryFor} at
 * most. An object's tag is its ETag.
 *
 * <p>A conditional put is tried again too. The store may have done it although its answer was lost;
 * then the second try is refused, and the identity that the object carries says that it is ours.
 */
public final class S3ObjectStore implements ObjectStore {
  /** No upload takes so long; and so often it is looked. */
  private static final Duration OLD_UPLOAD = Duration.ofDays(1);

  private static final Duration LOOK = Duration.ofHours(6);
  private static final int MAX_PAGE = 1000;

  private final S3Config config;
  private final S3Bucket bucket;
  private final StorageMetrics metrics;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("s3-", 0).factory());
  private final S3Tries tries;
  private final S3Parts parts;
  private final UnderWay underWay = new UnderWay();

  /** Does not ask the store for anything yet. */
  S3ObjectStore(S3Config config, StorageMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
    bucket = new S3Bucket(config);
    tries = new S3Tries(config, metrics, System::nanoTime);
    parts = new S3Parts(bucket, tries, config.partSize());
  }

  /**
   * Opens a bucket and looks whether it can be worked with; blocks while it does.
   *
   * @throws StorageException when it cannot; the message says what to change
   */
  public static S3ObjectStore open(S3Config config, PrometheusRegistry registry) {
    return open(config, new StorageMetrics(registry));
  }

  static S3ObjectStore open(S3Config config, StorageMetrics metrics) {
    S3ObjectStore store = new S3ObjectStore(config, metrics);
    try {
      store.tries.until("bucket", config.bucket(), () -> S3Probe.look(store.bucket, config));
      return store;
    } catch (StorageException e) {
      store.release();
      throw e;
    }
  }

  @Override
  public Future<ObjectInfo> put(String key, Buffer content) {
    return run("put", key, () -> putBytes(key, content.length(), S3Parts.Source.of(content)));
  }

  @Override
  public Future<ObjectInfo> putFile(String key, Path file) {
    return run(
        "put",
        key,
        () -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return putBytes(key, channel.size(), S3Parts.Source.of(channel));
          } catch (IOException e) {
            throw unreadable(key, e);
          }
        });
  }

  private ObjectInfo putBytes(String key, long size, S3Parts.Source source) {
    ObjectInfo stored;
    try {
      if (size > config.partSize()) {
        stored = parts.put(key, size, source);
      } else {
        byte[] bytes = source.read(0, (int) size);
        stored = tries.until("put", key, () -> bucket.put(key, bytes, new Condition.None()));
      }
    } catch (IOException e) {
      throw unreadable(key, e);
    }
    metrics.wrote(stored.size());
    return stored;
  }

  private static StorageException unreadable(String key, IOException failure) {
    return new StorageException(
        StorageException.Reason.UNAVAILABLE,
        "put " + key + ": " + FileFailure.words(failure),
        failure);
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    Condition.Tag condition = new Condition.Tag(expectedTag, UUID.randomUUID().toString());
    return run(
        "putIf", key, () -> tries.until("putIf", key, () -> putOnce(key, content, condition)));
  }

  private Optional<ObjectInfo> putOnce(String key, Buffer content, Condition.Tag condition)
      throws S3Failure {
    try {
      ObjectInfo stored = bucket.put(key, content.getBytes(), condition);
      metrics.wrote(stored.size());
      return Optional.of(stored);
    } catch (S3Failure e) {
      if (e.isRefusedCondition()) {
        return bucket.ofPut(key, condition.putId());
      }
      throw e;
    }
  }

  /** By the store itself; where it does not do that, or not for us, the bytes come by here. */
  @Override
  public Future<Boolean> copy(String from, String to) {
    return run(
        "copy",
        to,
        () -> {
          String source = ObjectKey.checked(from);
          return tries
              .until("copy", to, () -> copyOnce(source, to))
              .orElseGet(() -> copyThroughHere(source, to));
        });
  }

  private Optional<Boolean> copyOnce(String from, String to) throws S3Failure {
    try {
      return Optional.of(bucket.copy(from, to));
    } catch (S3Failure e) {
      if (e.isPassing()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private boolean copyThroughHere(String from, String to) {
    Optional<Buffer> found =
        tries.until("copy", to, () -> bucket.get(from)).map(its -> counted(its).content());
    found.ifPresent(content -> putBytes(to, content.length(), S3Parts.Source.of(content)));
    return found.isPresent();
  }

  @Override
  public Future<Optional<StoredObject>> get(String key) {
    return run("get", key, () -> tries.until("get", key, () -> bucket.get(key)).map(this::counted));
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
        () ->
            tries
                .until("getRange", key, () -> bucket.getRange(key, offset, length))
                .map(found -> counted(found).content()));
  }

  private StoredObject counted(StoredObject found) {
    metrics.readBytes(found.content().length());
    return found;
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return run("head", key, () -> tries.until("head", key, () -> bucket.head(key)));
  }

  @Override
  public Future<List<ObjectInfo>> list(String prefix, String after, int limit) {
    try {
      String from = ObjectKey.checkedPrefix(prefix);
      if (limit < 1 || limit > MAX_PAGE) {
        throw new IllegalArgumentException("page of " + limit);
      }
      return submit(
          "list", prefix, () -> tries.until("list", prefix, () -> bucket.list(from, after, limit)));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<Void> delete(String key) {
    return run(
            "delete",
            key,
            () ->
                tries.until(
                    "delete",
                    key,
                    () -> {
                      bucket.delete(key);
                      return true;
                    }))
        .mapEmpty();
  }

  /** Nothing is left to do: what an S3 store has deleted stays deleted. */
  @Override
  public Future<Void> settleRemoval(String prefix) {
    try {
      ObjectKey.checkedPrefix(prefix);
      return Future.succeededFuture();
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  /** From now on ends uploads in parts that nobody ends, until the store is closed. */
  void endOldUploads() {
    threads.execute(
        () -> {
          do {
            parts.endOld(Instant.now().minus(OLD_UPLOAD));
          } while (!tries.isClosedWithin(LOOK));
        });
  }

  @Override
  public Optional<String> trouble() {
    return tries.trouble();
  }

  @Override
  public Future<Void> close() {
    tries.close();
    return underWay
        .close()
        .compose(
            v -> {
              Promise<Void> released = Promise.promise();
              Thread.ofVirtual()
                  .start(
                      () -> {
                        release();
                        released.complete();
                      });
              return released.future();
            });
  }

  /** Waits for connections to end. */
  private void release() {
    bucket.close();
    threads.close();
  }

  private <T> Future<T> run(String operation, String key, Work<T> work) {
    try {
      return submit(operation, ObjectKey.checked(key), work);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  private <T> Future<T> submit(String operation, String key, Work<T> work) {
    if (!underWay.enter()) {
      return UnderWay.refused(operation, key);
    }
    long started = System.nanoTime();
    Promise<T> promise = Promise.promise();
    Context caller = Vertx.currentContext();
    threads.execute(
        () -> {
          Future<T> done = done(work);
          metrics.finished(operation, System.nanoTime() - started, done.cause());
          underWay.answer(caller, promise, done);
        });
    return promise.future();
  }

  private static <T> Future<T> done(Work<T> work) {
    try {
      return Future.succeededFuture(work.run());
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** An operation with all its tries. */
  private interface Work<T> {
    T run();
  }
}

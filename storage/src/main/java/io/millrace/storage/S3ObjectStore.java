package io.millrace.storage;

import io.millrace.storage.S3Bucket.Condition;
import io.minio.messages.Part;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Objects in a bucket. Each operation is a virtual thread: it waits for one of the connections,
 * asks, and asks again after a pause while the failure may pass, for {@link S3Config#retryFor} at
 * most. An object's tag is its ETag.
 *
 * <p>A conditional put is tried again too. The store may have done it although its answer was lost;
 * then the second try is refused, and the identity that the object carries says that it is ours.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int MAX_PAGE = 1000;

  private final S3Config config;
  private final S3Bucket bucket;
  private final StorageMetrics metrics;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("s3-", 0).factory());
  private final Semaphore connections;
  private final UnderWay underWay = new UnderWay();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Does not ask the store for anything yet. */
  S3ObjectStore(S3Config config, StorageMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
    bucket = new S3Bucket(config);
    connections = new Semaphore(config.connections());
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
      store.retrying("bucket", config.bucket(), () -> S3Probe.look(store.bucket, config));
      return store;
    } catch (StorageException e) {
      store.release();
      throw e;
    }
  }

  @Override
  public Future<ObjectInfo> put(String key, Buffer content) {
    return run(
        "put",
        key,
        () -> {
          ObjectInfo stored =
              content.length() > config.partSize()
                  ? putParts(key, content)
                  : retrying(
                      "put", key, () -> bucket.put(key, content.getBytes(), new Condition.None()));
          metrics.wrote(stored.size());
          return stored;
        });
  }

  @Override
  public Future<Optional<ObjectInfo>> putIf(
      String key, Optional<String> expectedTag, Buffer content) {
    Condition.Tag condition = new Condition.Tag(expectedTag, UUID.randomUUID().toString());
    return run("putIf", key, () -> retrying("putIf", key, () -> putOnce(key, content, condition)));
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

  private ObjectInfo putParts(String key, Buffer content) {
    String upload = retrying("put", key, () -> bucket.beginParts(key));
    try {
      List<Part> parts = new ArrayList<>();
      for (long from = 0; from < content.length(); from += config.partSize()) {
        int start = (int) from;
        int end = (int) Math.min(content.length(), from + config.partSize());
        int number = parts.size() + 1;
        parts.add(
            retrying(
                "put",
                key,
                () -> bucket.putPart(key, upload, number, content.getBytes(start, end))));
      }
      return retrying("put", key, () -> bucket.completeParts(key, upload, parts, content.length()));
    } catch (StorageException e) {
      abandon(key, upload, e);
      throw e;
    }
  }

  /** Parts of an upload that nobody ends are kept, and paid for. */
  private void abandon(String key, String upload, StorageException why) {
    try {
      bucket.abortParts(key, upload);
    } catch (S3Failure e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public Future<Optional<StoredObject>> get(String key) {
    return run("get", key, () -> retrying("get", key, () -> bucket.get(key)).map(this::counted));
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
            retrying("getRange", key, () -> bucket.getRange(key, offset, length))
                .map(found -> counted(found).content()));
  }

  private StoredObject counted(StoredObject found) {
    metrics.readBytes(found.content().length());
    return found;
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return run("head", key, () -> retrying("head", key, () -> bucket.head(key)));
  }

  @Override
  public Future<List<ObjectInfo>> list(String prefix, String after, int limit) {
    try {
      String from = ObjectKey.checkedPrefix(prefix);
      if (limit < 1 || limit > MAX_PAGE) {
        throw new IllegalArgumentException("page of " + limit);
      }
      return submit(
          "list", prefix, () -> retrying("list", prefix, () -> bucket.list(from, after, limit)));
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
                retrying(
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

  @Override
  public Future<Void> close() {
    closing.countDown();
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

  /** Tries until it goes well, the failure is one that stays, or the time is up. */
  private <T> T retrying(String operation, String key, Attempt<T> attempt) {
    Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, ThreadLocalRandom.current());
    long started = System.nanoTime();
    while (true) {
      S3Failure failure;
      try {
        connections.acquire();
        try {
          return attempt.make();
        } finally {
          connections.release();
        }
      } catch (S3Failure e) {
        failure = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      long pause = backoff.nextMillis();
      long after = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) + pause;
      if (!failure.isPassing() || after > config.retryFor().toMillis() || isOver(pause)) {
        throw failure.forCaller(operation, key);
      }
      metrics.retried(operation);
    }
  }

  /** Waits; true when the store was closed before the end of the pause. */
  private boolean isOver(long pauseMillis) {
    try {
      return closing.await(pauseMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** An operation with all its tries. */
  private interface Work<T> {
    T run();
  }

  /** One try. */
  private interface Attempt<T> {
    T make() throws S3Failure;
  }
}

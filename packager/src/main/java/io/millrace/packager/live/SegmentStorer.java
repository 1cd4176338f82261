package io.millrace.packager.live;

import io.millrace.packager.PackagerMetrics;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts one broadcast's objects into the store, again and again until the store confirms or nobody
 * needs the object any more. The broadcast's index entry goes first, so that no object is ever
 * without one. Confined to the broadcast's home context.
 */
final class SegmentStorer {
  private static final Logger LOGGER = LoggerFactory.getLogger(SegmentStorer.class);
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final long WARN_NANOS = 10_000_000_000L;

  private final Vertx vertx;
  private final ObjectStore store;
  private final Spool spool;
  private final PackagerMetrics metrics;
  private final String indexKey;
  private final List<Future<Boolean>> underWay = new ArrayList<>();
  private Future<Void> indexed;
  private long warnedAt = System.nanoTime() - WARN_NANOS;
  private boolean failing;
  private boolean stopped;

  /**
   * @param indexed whether the index entry is there already
   */
  SegmentStorer(
      Vertx vertx,
      ObjectStore store,
      Spool spool,
      PackagerMetrics metrics,
      String indexKey,
      boolean indexed) {
    this.vertx = vertx;
    this.store = store;
    this.spool = spool;
    this.metrics = metrics;
    this.indexKey = indexKey;
    this.indexed =
        indexed ? Future.succeededFuture() : Future.failedFuture(new IllegalStateException());
  }

  /** Whether the last attempt of any object failed, or was not made because too much waits. */
  boolean isFailing() {
    return failing;
  }

  /** No further attempts are made. */
  void stop() {
    stopped = true;
  }

  /** Whether nothing is under way. */
  boolean isDrained() {
    return underWay.isEmpty();
  }

  /** Completes when nothing is under way any more. */
  Future<Void> drained() {
    return Future.join(List.copyOf(underWay)).<Void>mapEmpty().otherwiseEmpty();
  }

  /**
   * Stores an object.
   *
   * @param needed asked before each further attempt
   * @return true when the store has confirmed it, false when it was given up; never fails
   */
  Future<Boolean> store(String key, Buffer content, BooleanSupplier needed) {
    if (!spool.take(content.length())) {
      metrics.unstored("full");
      failing = true;
      warn("too much waits for the store; segments are served from memory only", key, null);
      return Future.succeededFuture(false);
    }
    Promise<Boolean> done = Promise.promise();
    Future<Boolean> result = done.future();
    underWay.add(result);
    long started = System.nanoTime();
    attempt(key, content, needed, FIRST_PAUSE_MILLIS, done);
    return result.onComplete(
        stored -> {
          underWay.remove(result);
          spool.giveBack(content.length());
          if (Boolean.TRUE.equals(stored.result())) {
            metrics.acknowledged((System.nanoTime() - started) / 1e9);
          }
        });
  }

  /**
   * Stores a header, without which no segment behind it can be played: as little as it is, it waits
   * for the store however much else does.
   */
  void storeHeader(String key, Buffer content) {
    Promise<Boolean> done = Promise.promise();
    Future<Boolean> result = done.future();
    underWay.add(result);
    attempt(key, content, () -> true, FIRST_PAUSE_MILLIS, done);
    result.onComplete(stored -> underWay.remove(result));
  }

  /** Makes sure of the index entry. */
  Future<Void> index() {
    if (indexed.failed()) {
      indexed = store.put(indexKey, Buffer.buffer("{}")).mapEmpty();
    }
    return indexed;
  }

  private void attempt(
      String key, Buffer content, BooleanSupplier needed, long pause, Promise<Boolean> done) {
    index()
        .compose(v -> store.put(key, content))
        .onSuccess(
            stored -> {
              failing = false;
              done.complete(true);
            })
        .onFailure(
            failure -> {
              failing = true;
              metrics.storeFailure("segment");
              warn("the store does not take a segment; the stream goes on", key, failure);
              if (stopped || !needed.getAsBoolean()) {
                metrics.unstored("expired");
                done.complete(false);
              } else {
                vertx.setTimer(
                    pause,
                    id ->
                        attempt(
                            key, content, needed, Math.min(LONGEST_PAUSE_MILLIS, pause * 2), done));
              }
            });
  }

  private void warn(
      String message, String key, @org.jspecify.annotations.Nullable Throwable failure) {
    long now = System.nanoTime();
    if (now - warnedAt >= WARN_NANOS) {
      warnedAt = now;
      LOGGER
          .atWarn()
          .addKeyValue("object", key)
          .addKeyValue("reason", failure == null ? "spool full" : failure.getMessage())
          .log(message);
    }
  }
}

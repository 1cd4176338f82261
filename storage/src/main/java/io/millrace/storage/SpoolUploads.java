package io.millrace.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what waits in the spool, so many at once. After a failure one upload at a time is tried,
 * with pauses that get longer, until one goes well. Thread-safe.
 */
final class SpoolUploads {
  private static final Logger LOGGER = LoggerFactory.getLogger(SpoolUploads.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration CONDITION_WAIT = Duration.ofSeconds(20);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
  private static final long TROUBLE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long WARN_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Vertx vertx;
  private final SpoolQueue queue;
  private final Function<String, Future<Void>> upload;
  private final S3Config.Spool config;
  private final SpoolMetrics metrics;
  private final LongSupplier nanos;
  private final Supplier<Optional<String>> lastFailure;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, new Random());

  // Guarded by this.
  private final Map<String, Future<Void>> underWay = new HashMap<>();
  private boolean started;
  private boolean closed;
  private boolean pausing;
  private @Nullable Promise<Void> closing;
  private @Nullable Failing failing;
  private long warnedAt;

  /** Since when uploads are under way of which none has gone well. */
  private long stalledSince;

  /** What was said last while nothing goes well, and whether the log has it. */
  private record Failing(String reason, boolean isTold) {}

  /**
   * @param upload one try; when it goes well, what still waits under the key has come since
   * @param lastFailure why the bucket did not answer well, as long as an upload is still trying
   */
  SpoolUploads(
      Vertx vertx,
      SpoolQueue queue,
      Function<String, Future<Void>> upload,
      S3Config.Spool config,
      SpoolMetrics metrics,
      LongSupplier nanos,
      Supplier<Optional<String>> lastFailure) {
    this.vertx = vertx;
    this.queue = queue;
    this.upload = upload;
    this.config = config;
    this.metrics = metrics;
    this.nanos = nanos;
    this.lastFailure = lastFailure;
    warnedAt = nanos.getAsLong() - WARN_NANOS;
  }

  void start() {
    synchronized (this) {
      started = true;
    }
    look();
  }

  /** Begins as many uploads as there may be. */
  void look() {
    while (true) {
      String key;
      Promise<Void> ended = Promise.promise();
      synchronized (this) {
        int most = failing == null ? config.uploads() : 1;
        if (!started || closed || pausing || underWay.size() >= most) {
          return;
        }
        Optional<String> next = queue.next();
        if (next.isEmpty()) {
          return;
        }
        key = next.get();
        if (underWay.containsKey(key)) {
          continue; // It has its turn when the one before has ended.
        }
        if (underWay.isEmpty() && failing == null) {
          stalledSince = nanos.getAsLong();
        }
        underWay.put(key, ended.future());
      }
      upload
          .apply(key)
          .onSuccess(done -> ended(key, ended))
          .onFailure(failure -> failed(key, failure, ended));
    }
  }

  private void ended(String key, Promise<Void> ended) {
    boolean isBack;
    synchronized (this) {
      isBack = failing != null && failing.isTold();
      failing = null;
      backoff.reset();
      underWay.remove(key);
      stalledSince = nanos.getAsLong();
    }
    metrics.uploaded(true);
    if (isBack) {
      LOGGER.atInfo().log("the bucket takes objects again");
    }
    queue.again(key);
    ended.complete();
    look();
  }

  private void failed(String key, Throwable failure, Promise<Void> ended) {
    String reason = String.valueOf(failure.getMessage());
    boolean isToldNow;
    long pause;
    Promise<Void> waitedFor;
    synchronized (this) {
      waitedFor = closing;
      underWay.remove(key);
      long now = nanos.getAsLong();
      isToldNow = !closed && now - warnedAt >= WARN_NANOS;
      warnedAt = isToldNow ? now : warnedAt;
      failing = new Failing(reason, isToldNow || (failing != null && failing.isTold()));
      pause = pausing || closed ? 0 : backoff.nextMillis();
      pausing = true;
    }
    metrics.uploaded(false);
    if (isToldNow) {
      SpoolState state = queue.state(nanos.getAsLong());
      LOGGER
          .atWarn()
          .addKeyValue("object", key)
          .addKeyValue("reason", reason)
          .addKeyValue("waiting", state.objects())
          .addKeyValue("bytes", state.bytes())
          .log("the bucket does not take an object; it waits on this machine's disk");
    }
    queue.again(key);
    ended.complete();
    if (waitedFor != null) {
      waitedFor.tryComplete();
    }
    if (pause > 0) {
      vertx.setTimer(pause, id -> resume());
    }
  }

  private void resume() {
    synchronized (this) {
      pausing = false;
    }
    look();
  }

  /** Waits for what has to be in the bucket first, but not for ever. */
  Future<Void> within(Future<Void> drained, String operation) {
    if (drained.isComplete()) {
      return drained;
    }
    Promise<Void> promise = Promise.promise();
    long timer =
        vertx.setTimer(
            CONDITION_WAIT.toMillis(),
            id ->
                promise.tryFail(
                    new StorageException(
                        StorageException.Reason.UNAVAILABLE,
                        operation + ": what was put before is not in the bucket yet",
                        null)));
    drained.onComplete(
        done -> {
          vertx.cancelTimer(timer);
          promise.tryComplete();
        });
    return promise.future();
  }

  String fullWords() {
    return "the spool holds "
        + shown(queue.state(nanos.getAsLong()).bytes())
        + " that the bucket does not have, and may hold "
        + shown(config.maxBytes())
        + "; "
        + reason()
            .or(lastFailure)
            .map(words -> "the bucket fails: " + words)
            .orElse("the bucket is too slow")
        + "; mend that, or raise storage.s3.spool.maxBytes";
  }

  private synchronized Optional<String> reason() {
    return Optional.ofNullable(failing).map(Failing::reason);
  }

  /** What an operator has to know of the bucket; empty when it keeps up. */
  Optional<String> trouble() {
    long now = nanos.getAsLong();
    long stalled;
    synchronized (this) {
      stalled = failing != null || !underWay.isEmpty() ? now - stalledSince : 0;
    }
    SpoolState state = queue.state(now);
    String waits =
        "; "
            + state.objects()
            + " objects ("
            + shown(state.bytes())
            + " of "
            + shown(config.maxBytes())
            + ") wait on this machine's disk";
    if (state.objects() > 0 && stalled >= TROUBLE_NANOS) {
      return Optional.of(
          "the bucket has taken nothing for "
              + TimeUnit.NANOSECONDS.toSeconds(stalled)
              + " s ("
              + reason().or(lastFailure).orElse("it does not answer")
              + ")"
              + waits);
    }
    if (state.oldestNanos() >= SLOW_NANOS || state.bytes() > config.maxBytes() / 10 * 8) {
      return Optional.of("the bucket is slower than what is put" + waits);
    }
    return Optional.empty();
  }

  private static String shown(long bytes) {
    return bytes >> 20 > 0 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
  }

  /**
   * Waits for a moment until the bucket has all, unless it fails; then no further upload begins.
   * Completes when those that are under way have ended.
   */
  Future<Void> close() {
    Promise<Void> patience = Promise.promise();
    boolean isFailing;
    synchronized (this) {
      isFailing = failing != null;
      closing = patience;
    }
    if (isFailing) {
      return stop();
    }
    long timer = vertx.setTimer(CLOSE_WAIT.toMillis(), id -> patience.tryComplete());
    queue.drained("").onComplete(done -> patience.tryComplete());
    return patience
        .future()
        .compose(
            v -> {
              vertx.cancelTimer(timer);
              return stop();
            });
  }

  private Future<Void> stop() {
    List<Future<Void>> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(underWay.values());
    }
    return Future.join(all).<Void>mapEmpty().otherwiseEmpty();
  }
}

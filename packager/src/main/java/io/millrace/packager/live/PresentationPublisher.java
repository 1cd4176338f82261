package io.millrace.packager.live;

import io.millrace.http.OutageLog;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.state.BroadcastState;
import io.millrace.packager.state.StateWriter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a broadcast's presentations, each after its state has been stored: what a viewer has seen,
 * a later writer knows. When the store takes longer than {@value #PATIENCE_MILLIS} ms, the stream
 * goes on without waiting and the next states follow as the store allows.
 *
 * <pre>
 *   publish ──► [nothing under way] ──► store state ──► swap
 *      └──────► [store is busy] ──► newest waits; swapped at once when the store is late
 * </pre>
 *
 * Confined to the broadcast's home context.
 */
final class PresentationPublisher {
  private static final Logger LOGGER = LoggerFactory.getLogger(PresentationPublisher.class);
  static final long PATIENCE_MILLIS = 500;
  private static final long RETRY_MILLIS = 2_000;
  private static final Duration WARN_PERIOD = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final PresentationSlot slot;
  private final StateWriter writer;
  private final SegmentStorer storer;
  private final PackagerMetrics metrics;
  private final Runnable onFenced;
  private final OutageLog outage = new OutageLog(WARN_PERIOD);
  private @Nullable BroadcastState waiting;
  private @Nullable Presentation unshown;
  private @Nullable Promise<Void> settled;
  private boolean storing;
  private boolean late;
  private boolean stopped;

  PresentationPublisher(
      Vertx vertx,
      PresentationSlot slot,
      StateWriter writer,
      SegmentStorer storer,
      PackagerMetrics metrics,
      Runnable onFenced) {
    this.vertx = vertx;
    this.slot = slot;
    this.writer = writer;
    this.storer = storer;
    this.metrics = metrics;
    this.onFenced = onFenced;
  }

  /** Stores and shows the next presentation, whose playlists are written. */
  void publish(BroadcastState state) {
    if (stopped) {
      return;
    }
    if (storing) {
      waiting = state;
      if (late) {
        metrics.stateLate();
        unshown = null;
        slot.swap(state.presentation());
      }
    } else {
      store(state);
    }
  }

  /** Whether the store does not take states in time. */
  boolean isLate() {
    return late;
  }

  /** Completes when no state waits for the store. */
  Future<Void> settled() {
    if (!storing) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = settled == null ? Promise.promise() : settled;
    settled = promise;
    return promise.future();
  }

  /** Nothing more is stored or shown. */
  void stop() {
    stopped = true;
    waiting = null;
    finish();
  }

  private void store(BroadcastState state) {
    storing = true;
    unshown = state.presentation();
    long timer = vertx.setTimer(PATIENCE_MILLIS, id -> showLate());
    storer
        .index()
        .compose(v -> writer.write(state))
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              if (done.succeeded()) {
                stored();
              } else {
                failed(state, done.cause());
              }
            });
  }

  private void stored() {
    late = false;
    outage
        .answered()
        .ifPresent(
            times ->
                LOGGER
                    .atInfo()
                    .addKeyValue("stream", slot.broadcast().stream())
                    .addKeyValue("broadcast", slot.broadcast().id())
                    .addKeyValue("failures", times)
                    .log("the store takes the broadcast's state again"));
    show();
    next();
  }

  private void failed(BroadcastState state, Throwable failure) {
    if (stopped) {
      finish();
    } else if (failure instanceof StateWriter.FencedException) {
      metrics.fenced();
      stop();
      onFenced.run();
    } else {
      metrics.storeFailure("state");
      outage
          .failed(System.nanoTime())
          .ifPresent(
              times ->
                  LOGGER
                      .atWarn()
                      .addKeyValue("stream", slot.broadcast().stream())
                      .addKeyValue("broadcast", slot.broadcast().id())
                      .addKeyValue("failures", times)
                      .addKeyValue("reason", failure.getMessage())
                      .log("the store does not take the broadcast's state; the stream goes on"));
      showLate();
      vertx.setTimer(
          RETRY_MILLIS,
          id -> {
            if (waiting == null) {
              waiting = state;
            }
            next();
          });
    }
  }

  private void showLate() {
    late = true;
    if (unshown != null && !stopped) {
      metrics.stateLate();
      show();
      BroadcastState newer = waiting;
      if (newer != null) {
        slot.swap(newer.presentation());
      }
    }
  }

  private void show() {
    Presentation shown = unshown;
    if (shown != null && !stopped) {
      slot.swap(shown);
    }
    unshown = null;
  }

  private void next() {
    BroadcastState newest = waiting;
    waiting = null;
    if (newest != null && !stopped) {
      store(newest);
    } else {
      finish();
    }
  }

  private void finish() {
    storing = false;
    Promise<Void> promise = settled;
    settled = null;
    if (promise != null) {
      promise.complete();
    }
  }
}

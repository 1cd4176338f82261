package io.millrace.media;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a newcomer may publish: who publishes in its role already has to be silent. On
 * the stream's home context.
 */
final class Entrance {
  private static final long PROBE_MILLIS = 50;

  /** The stream behind it. */
  interface House {
    boolean isEnded();

    @Nullable Publication holder(InputRole role);

    /** Sends one away that is silent. */
    void makeRoom(Publication silent, PublishRequest newcomer);

    /** Nobody publishes in the newcomer's role. */
    Publication letIn(PublishRequest request, Context publisherContext);
  }

  private final Vertx vertx;
  private final StreamKey stream;
  private final LiveMetrics metrics;
  private final House house;
  private final long silenceNanos;

  Entrance(
      Context home, StreamKey stream, Duration takeoverSilence, LiveMetrics metrics, House house) {
    this.vertx = home.owner();
    this.stream = stream;
    this.metrics = metrics;
    this.house = house;
    this.silenceNanos = takeoverSilence.toNanos();
  }

  /** Fails with a {@link LiveStream.StreamEndedException} where there is nothing to publish to. */
  Future<PublishOutcome> admit(PublishRequest request, Context publisherContext) {
    Promise<PublishOutcome> promise = Promise.promise();
    var challenge = new TakeoverChallenge(silenceNanos, System.nanoTime());
    challenge(request, publisherContext, promise, challenge);
    return promise.future();
  }

  private void challenge(
      PublishRequest request,
      Context publisherContext,
      Promise<PublishOutcome> promise,
      TakeoverChallenge challenge) {
    if (house.isEnded()) {
      promise.fail(new LiveStream.StreamEndedException());
      return;
    }
    Publication holder = house.holder(request.input());
    if (holder == null) {
      promise.complete(new PublishOutcome.Accepted(house.letIn(request, publisherContext)));
      return;
    }
    switch (challenge.judge(holder.lastHeardNanos(), System.nanoTime())) {
      case MAKES_ROOM -> {
        house.makeRoom(holder, request);
        promise.complete(new PublishOutcome.Accepted(house.letIn(request, publisherContext)));
      }
      case IS_ALIVE -> promise.complete(busy(holder));
      case OPEN ->
          vertx.setTimer(
              PROBE_MILLIS, id -> challenge(request, publisherContext, promise, challenge));
    }
  }

  private PublishOutcome busy(Publication holder) {
    metrics.publishersBusy.inc();
    String what =
        holder.input() == InputRole.BACKUP
            ? " has a backup already, from "
            : " is already being published from ";
    return new PublishOutcome.Busy(stream + what + holder.peer());
  }
}

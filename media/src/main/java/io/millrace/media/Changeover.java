package io.millrace.media;

import io.millrace.config.ValueText;
import io.millrace.media.InputChange.Cause;
import io.millrace.media.input.Backlog;
import io.millrace.media.input.Delivered;
import io.millrace.media.input.Joint;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Watches the inputs of a broadcast that has two, puts the one that stands by on air when it is
 * time, and tells of it. On the stream's home context.
 */
final class Changeover {
  private static final Logger LOGGER = LoggerFactory.getLogger(Changeover.class);
  private static final long LOOK_MILLIS = 100;

  private final Vertx vertx;
  private final Broadcast broadcast;
  private final Inputs inputs;
  private final Placement placement;
  private final StatusRecord status;
  private final HealthRecord health;
  private final SlateShow slate;
  private final InputListener onInput;
  private final BiConsumer<Publication, RuntimeException> unusable;
  private long timer = -1;

  /**
   * @param unusable takes an input that has come on air and whose media cannot be handled
   */
  Changeover(
      Vertx vertx,
      Broadcast broadcast,
      Inputs inputs,
      Placement placement,
      StatusRecord status,
      HealthRecord health,
      SlateShow slate,
      InputListener onInput,
      BiConsumer<Publication, RuntimeException> unusable) {
    this.vertx = vertx;
    this.broadcast = broadcast;
    this.inputs = inputs;
    this.placement = placement;
    this.status = status;
    this.health = health;
    this.slate = slate;
    this.onInput = onInput;
    this.unusable = unusable;
  }

  /** A second input stands by. */
  void join(Publication second) {
    inputs.join(second, new Delivered(slate.announced(), System.nanoTime()));
    if (timer < 0) {
      timer = vertx.setPeriodic(LOOK_MILLIS, id -> look());
    }
    tell(second, Cause.JOINED, Optional.empty());
  }

  /** The input that stood by is gone. */
  void left(Publication second) {
    inputs.standbyLeft();
    tell(second, Cause.LEFT, Optional.empty());
  }

  /** The input on air is gone, and another one stands by. */
  void goOn() {
    health.switched(inputs.onAir());
    inputs.gone();
    switchOver(Cause.GONE);
  }

  /** The broadcast ends. */
  void stop() {
    vertx.cancelTimer(timer);
    timer = -1;
  }

  private void look() {
    if (inputs.standby() == null) {
      stop();
      return;
    }
    inputs
        .due(System.nanoTime())
        .ifPresent(
            cause -> {
              health.switched(inputs.onAir());
              switchOver(cause);
            });
  }

  private void switchOver(Cause cause) {
    Inputs.Switched switched = inputs.switchOver(System.nanoTime());
    Publication now = switched.now();
    boolean seamless = switched.joint().kind() != Joint.Kind.BREAK && !slate.isShown();
    var ready = new MediaEvent.TracksReady(switched.tracks());
    status.switched(now.protocol(), now.peer());
    tell(now, cause, Optional.of(seamless));
    try {
      if (!seamless) {
        placement.flush();
        placement.publisher();
        status.tracks(switched.tracks());
      }
      if (slate.yieldsTo(ready) && !seamless && !switched.tracks().isEmpty()) {
        placement.tracks(ready);
      }
      for (Backlog.Waiting waiting : switched.joint().replayed()) {
        if (slate.yieldsTo(new MediaEvent.SampleReady(waiting.sample()))) {
          placement.sample(waiting.sample(), waiting.arrivedNanos());
        }
      }
    } catch (RuntimeException e) {
      unusable.accept(now, e);
    }
  }

  private void tell(Publication of, Cause cause, Optional<Boolean> seamless) {
    LoggingEventBuilder line =
        LOGGER
            .atInfo()
            .addKeyValue("stream", broadcast.stream())
            .addKeyValue("broadcast", broadcast.id())
            .addKeyValue("input", ValueText.word(of.input()))
            .addKeyValue("peer", of.peer())
            .addKeyValue("cause", ValueText.word(cause));
    if (seamless.isPresent()) {
      line = line.addKeyValue("seamless", seamless.get());
    }
    line.log(
        switch (cause) {
          case JOINED -> "an input stands by";
          case LEFT -> "the input that stood by is gone";
          case GONE, SILENT, PRIMARY_RETURNED -> "another input is on air";
        });
    onInput.changed(new InputChange(broadcast, inputs.present(), cause, seamless));
  }
}

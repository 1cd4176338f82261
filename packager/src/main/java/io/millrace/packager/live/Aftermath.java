package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.Presentation;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What becomes of a broadcast that has ended: an asset, if it is recorded; nothing of it in the
 * memory once the store has it, and nothing in the store when its time is over. Confined to the
 * broadcast's home context.
 */
final class Aftermath {
  /** How long writes that are under way may hold up the removal. */
  private static final long REMOVE_SECONDS = 30;

  /** What is still to be done by whoever has written the broadcast. */
  interface Writer {
    /** What it ended with, without text. */
    Presentation last();

    /** What its playlists say of cue points. */
    RecordedCues cues();

    /** Shows what is listed now. */
    void publish();

    /** Takes nothing more; completes when the store has what it can get. */
    Future<Void> leave();

    /** Gives up what the store has not taken. */
    void stop();
  }

  private final Broadcast broadcast;
  private final WriterSetup setup;
  private final PresentationSlot slot;
  private final RenditionLogs logs;
  private final BroadcastRecording recording;
  private final Expiry expiry;
  private final Supplier<Boolean> isDrained;
  private final Writer writer;
  private final AssetSeal seal;

  /**
   * @param isDrained whether the store has every segment
   */
  Aftermath(
      Broadcast broadcast,
      WriterSetup setup,
      int epoch,
      PresentationSlot slot,
      RenditionLogs logs,
      BroadcastRecording recording,
      Expiry expiry,
      Supplier<Boolean> isDrained,
      Writer writer) {
    this.broadcast = broadcast;
    this.setup = setup;
    this.slot = slot;
    this.logs = logs;
    this.recording = recording;
    this.expiry = expiry;
    this.isDrained = isDrained;
    this.writer = writer;
    this.seal = new AssetSeal(setup, broadcast, epoch);
  }

  /**
   * Does what is due.
   *
   * @return whether there will be more to do
   */
  boolean tick(Instant now, Instant ended) {
    EndedLife.Phase phase =
        new EndedLife(ended, setup.config().keepEnded(), logs.longest()).at(now);
    if (isRecorded() && seal.isDue(now) && isDrained.get()) {
      seal(now);
    }
    if (logs.isEmpty() || phase == EndedLife.Phase.OVER) {
      return !remove();
    }
    if (phase == EndedLife.Phase.WITHDRAWN) {
      setup.presentations().withdraw(slot);
    }
    expiry.tick(now);
    if (now.isAfter(ended.plus(setup.config().memory())) && logs.spareMemory(Duration.ZERO)) {
      writer.publish();
    }
    return true;
  }

  /** Makes the asset, if there is to be one; never fails. */
  Future<Void> seal(Instant now) {
    return isRecorded() && !recording.isStoring()
        ? seal.attempt(now, recording.recorded(logs).with(writer.cues()), writer.last())
            .onSuccess(
                v -> {
                  if (seal.isDone()) {
                    recording.leave();
                  }
                })
        : Future.succeededFuture();
  }

  private boolean isRecorded() {
    return recording.isOn() && !logs.isEmpty();
  }

  /**
   * Writes that are under way come first, or they would leave objects behind. What has been
   * recorded stays, and is not left before its asset is there.
   *
   * @return false when that has to be waited for
   */
  private boolean remove() {
    boolean recorded = isRecorded();
    setup.presentations().remove(slot);
    if (recorded && !seal.isDone()) {
      return false;
    }
    recording.leave();
    writer
        .leave()
        .timeout(REMOVE_SECONDS, TimeUnit.SECONDS)
        .otherwiseEmpty()
        .onSuccess(
            v -> {
              writer.stop();
              BroadcastSweep sweep = new BroadcastSweep(setup.store(), setup.metrics());
              if (recorded && !seal.isEmpty()) {
                sweep.forgetUntilGone(setup.vertx(), broadcast, List.of());
              } else {
                sweep.removeUntilGone(setup.vertx(), broadcast);
              }
            });
    return true;
  }
}

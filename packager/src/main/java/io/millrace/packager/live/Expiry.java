package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.presentation.Segment;
import java.time.Instant;
import java.util.function.IntSupplier;

/**
 * Lets go of a broadcast's segments: in the store of those that nobody can ask for any more and
 * that are not recorded, in memory of what the store does not take while memory is short. Confined
 * to the broadcast's home context.
 */
final class Expiry {
  private final Broadcast broadcast;
  private final RenditionLogs logs;
  private final BroadcastRecording recording;
  private final DepartedSegments departed;
  private final UnstoredShare unstored;
  private final Deletes deletes;
  private final IntSupplier targetSeconds;

  /**
   * @param departed what is in the store that no playlist lists any more
   */
  Expiry(
      Broadcast broadcast,
      WriterSetup setup,
      RenditionLogs logs,
      BroadcastRecording recording,
      DepartedSegments departed,
      IntSupplier targetSeconds) {
    this.broadcast = broadcast;
    this.logs = logs;
    this.recording = recording;
    this.departed = departed;
    this.unstored = new UnstoredShare(setup.unstored(), setup.metrics());
    this.deletes = new Deletes(setup.store(), setup.metrics());
    this.targetSeconds = targetSeconds;
  }

  void tick(Instant now) {
    logs.expire(now, this::delete);
    departed.due(now).forEach(deletes::delete);
    deletes.again(now);
    reportUnstored(now);
  }

  void reportUnstored(Instant now) {
    unstored.report(logs, targetSeconds.getAsInt(), now, this::delete);
  }

  /** The broadcast is no longer written. */
  void close() {
    unstored.giveBack();
  }

  private void delete(RenditionLog log, Segment segment) {
    if (!segment.gap() && !recording.keeps(log, segment)) {
      deletes.delete(ObjectNames.object(broadcast, log.name(), segment.name()));
    }
  }
}

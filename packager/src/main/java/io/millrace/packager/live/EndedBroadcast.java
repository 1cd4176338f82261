package io.millrace.packager.live;

import io.millrace.packager.presentation.Presentation;
import java.time.Instant;

/** A broadcast that had ended before this node started; played from the store until its time. */
final class EndedBroadcast {
  private final WriterSetup setup;
  private final PresentationSlot slot;
  private final Instant endedAt;

  EndedBroadcast(WriterSetup setup, Presentation presentation, Instant endedAt) {
    this.setup = setup;
    this.endedAt = endedAt;
    this.slot = setup.presentations().open(presentation.broadcast());
    slot.swap(presentation);
  }

  /**
   * Does what is due.
   *
   * @return false when the broadcast has been removed
   */
  boolean tick(Instant now) {
    if (now.isBefore(endedAt.plus(setup.config().keepEnded()))) {
      return true;
    }
    setup.presentations().remove(slot);
    new BroadcastSweep(setup.store(), setup.metrics()).removeAll(slot.broadcast());
    return false;
  }
}

package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A broadcast that had ended before this node started; played from the store until its time. If it
 * was recorded, its asset is made where there is none yet.
 */
final class EndedBroadcast implements TakesTurns {
  private final WriterSetup setup;
  private final PresentationSlot slot;
  private final EndedLife life;
  private final Presentation presentation;
  private final Recorded recorded;
  private final List<String> notKept;
  private final AssetSeal seal;

  /**
   * @param recorded what there is beside the presentation's segments
   * @param notKept keys of segments that are in the store and not in the recording
   */
  EndedBroadcast(
      WriterSetup setup,
      Presentation presentation,
      Instant endedAt,
      Recorded recorded,
      List<String> notKept,
      AssetSeal seal) {
    this.setup = setup;
    this.presentation = presentation;
    this.recorded = recorded;
    this.notKept = List.copyOf(notKept);
    this.seal = seal;
    this.life = new EndedLife(endedAt, setup.config().keepEnded(), longest(presentation));
    this.slot = setup.presentations().open(presentation.broadcast(), setup.config().window());
    slot.records(recorded);
    slot.swap(presentation);
  }

  @Override
  public Broadcast broadcast() {
    return slot.broadcast();
  }

  private boolean isRecorded() {
    return recorded.tail().isPresent();
  }

  @Override
  public boolean tick(Instant now) {
    if (isRecorded() && seal.isDue(now)) {
      seal.attempt(now, recorded, presentation);
    }
    return switch (life.at(now)) {
      case PLAYABLE -> true;
      case WITHDRAWN -> {
        setup.presentations().withdraw(slot);
        yield true;
      }
      case OVER -> {
        setup.presentations().remove(slot);
        yield !leave();
      }
    };
  }

  /** What has been recorded stays; false while its asset is not there. */
  private boolean leave() {
    BroadcastSweep sweep = new BroadcastSweep(setup.store(), setup.metrics());
    if (!isRecorded() || seal.isEmpty()) {
      sweep.removeUntilGone(setup.vertx(), broadcast());
    } else if (seal.isDone()) {
      sweep.forgetUntilGone(setup.vertx(), broadcast(), notKept);
    } else {
      return false;
    }
    return true;
  }

  private static Duration longest(Presentation presentation) {
    long longest = 0;
    for (Rendition rendition : presentation.renditions()) {
      long nanos = rendition.segments().stream().mapToLong(Segment::durationNanos).sum();
      longest = Math.max(longest, nanos);
    }
    return Duration.ofNanos(longest);
  }
}

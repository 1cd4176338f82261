package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.time.Instant;

/** A broadcast that had ended before this node started; played from the store until its time. */
final class EndedBroadcast implements TakesTurns {
  private final WriterSetup setup;
  private final PresentationSlot slot;
  private final EndedLife life;

  EndedBroadcast(WriterSetup setup, Presentation presentation, Instant endedAt) {
    this.setup = setup;
    this.life = new EndedLife(endedAt, setup.config().keepEnded(), longest(presentation));
    this.slot = setup.presentations().open(presentation.broadcast());
    slot.swap(presentation);
  }

  @Override
  public Broadcast broadcast() {
    return slot.broadcast();
  }

  @Override
  public boolean tick(Instant now) {
    return switch (life.at(now)) {
      case PLAYABLE -> true;
      case WITHDRAWN -> {
        setup.presentations().withdraw(slot);
        yield true;
      }
      case OVER -> {
        setup.presentations().remove(slot);
        new BroadcastSweep(setup.store(), setup.metrics())
            .removeUntilGone(setup.vertx(), broadcast());
        yield false;
      }
    };
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

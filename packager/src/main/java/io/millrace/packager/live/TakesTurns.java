package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import java.time.Instant;

/** A broadcast for which something has to be done when time goes on. */
interface TakesTurns {
  Broadcast broadcast();

  /**
   * Does what is due.
   *
   * @return false when the broadcast has been removed and needs no more turns
   */
  boolean tick(Instant now);
}

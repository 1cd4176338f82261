package io.millrace.media;

import java.util.Optional;

/** Hears what becomes of broadcasts: few times in each. */
@FunctionalInterface
public interface StateListener {
  /**
   * A broadcast has another state. Called on its home context, never to block.
   *
   * @param reason why its publisher is gone or it has ended
   */
  void changed(LiveStatus now, Optional<EndReason> reason);
}

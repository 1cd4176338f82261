package io.millrace.broker.publish;

import io.vertx.core.Future;

/** How far this node has followed the log of one namespace. Thread-safe. */
public interface Following {
  /** Whether what was in a partition when it was opened here has been read. */
  boolean isCaughtUp(int partition);

  /**
   * The offset behind the last message that a partition has now.
   *
   * @return fails while the log does not answer; on the caller's context
   */
  Future<Long> end(int partition);

  /** The offset behind the last message that has been read of a partition. */
  long read(int partition);
}

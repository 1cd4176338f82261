package io.millrace.broker.hub;

import io.millrace.broker.position.Position;

/** Where a subscription begins. */
public sealed interface Start {
  /** With what is published from now on. */
  record Now() implements Start {}

  /**
   * With the last messages, then on.
   *
   * @param count 1 to {@link #MOST}; of all matching topics together
   */
  record Last(int count) implements Start {
    /** Ask for a time to get more. */
    public static final int MOST = 10_000;
  }

  /**
   * With the messages that are not older than a time, then on.
   *
   * @param timeMillis since 1970 UTC
   */
  record Since(long timeMillis) implements Start {}

  /** Behind the last message that was had. */
  record After(Position position) implements Start {}
}

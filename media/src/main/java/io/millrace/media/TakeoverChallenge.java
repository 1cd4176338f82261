package io.millrace.media;

/**
 * Whether a newcomer gets the place of the publisher that is there. One that says anything after
 * the newcomer arrived is alive and stays; one that has been silent for long enough makes room.
 * Pure; times are of {@link System#nanoTime}.
 *
 * @param silenceNanos how long a publisher may be silent and keep its place
 * @param challengedNanos when the newcomer arrived
 */
record TakeoverChallenge(long silenceNanos, long challengedNanos) {
  enum Verdict {
    /** The newcomer is let in. */
    MAKES_ROOM,
    /** The newcomer is turned away. */
    IS_ALIVE,
    /** To be asked again in a moment. */
    OPEN
  }

  /**
   * @param lastHeardNanos when the publisher that is there was last heard
   */
  Verdict judge(long lastHeardNanos, long nowNanos) {
    if (nowNanos - lastHeardNanos >= silenceNanos) {
      return Verdict.MAKES_ROOM;
    }
    return lastHeardNanos - challengedNanos > 0 ? Verdict.IS_ALIVE : Verdict.OPEN;
  }
}

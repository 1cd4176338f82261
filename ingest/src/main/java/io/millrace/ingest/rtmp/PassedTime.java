package io.millrace.ingest.rtmp;

/**
 * How much media time has passed since a first message, by the messages' own times. What an encoder
 * does to its clock meanwhile does not count: a step back is nothing, a step ahead at most a
 * second.
 */
final class PassedTime {
  private static final long MAX_STEP_MILLIS = 1_000;

  private boolean started;
  private long last;
  private long passed;

  /**
   * Takes the next message's time.
   *
   * @param millis of whatever origin
   * @return milliseconds since the first
   */
  long at(long millis) {
    if (started) {
      passed += Math.clamp(millis - last, 0, MAX_STEP_MILLIS);
    }
    started = true;
    last = millis;
    return passed;
  }

  /** The next message is the first. */
  void restart() {
    started = false;
    passed = 0;
  }
}

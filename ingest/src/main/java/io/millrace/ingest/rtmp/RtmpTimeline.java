package io.millrace.ingest.rtmp;

/**
 * Turns RTMP's 32-bit milliseconds into times of 64 bits that go on when they wrap, every 49.7
 * days. All tracks of a publisher share one count: whichever wraps first takes the others along.
 * What is wrong with the times themselves is for the live stream to repair.
 */
final class RtmpTimeline {
  private boolean started;
  private long raw;
  private long unwrapped;

  /**
   * A message's place on the timeline, in milliseconds.
   *
   * @param timestamp unsigned 32 bits
   */
  long place(long timestamp) {
    if (started) {
      // The shorter way round: tracks and jumps may lead either way across the wrap.
      unwrapped += (int) (timestamp - raw);
    } else {
      unwrapped = timestamp;
      started = true;
    }
    raw = timestamp;
    return unwrapped;
  }
}

package io.millrace.ingest.rtmp;

/**
 * Turns RTMP's 32-bit milliseconds into times of 64 bits that go on when they wrap: every 49.7
 * days, or every 24.8 where an encoder (FFmpeg) uses 31 bits only. All tracks of a publisher share
 * one count: whichever wraps first takes the others along. What is wrong with the times themselves
 * is for the live stream to repair.
 */
final class RtmpTimeline {
  private static final int UNUSED_BITS = 64 - 31;

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
      // The shorter way round: tracks and jumps may lead either way across the wrap. Counted in 31
      // bits, which is right for both wraps, and wrong only for jumps of more than 12 days.
      unwrapped += (timestamp - raw) << UNUSED_BITS >> UNUSED_BITS;
    } else {
      unwrapped = timestamp;
      started = true;
    }
    raw = timestamp;
    return unwrapped;
  }
}

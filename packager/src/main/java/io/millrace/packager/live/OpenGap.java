package io.millrace.packager.live;

import java.time.Duration;

/**
 * The gap that grows in a low-latency broadcast while no media comes: its parts are listed as their
 * time passes (HLS L6), and it becomes a segment when it is as long as one, or media comes.
 *
 * <pre>
 *   closed ──grow──► open: n parts ──a target duration, or close──► closed, one segment more
 * </pre>
 *
 * Confined to the broadcast's home context.
 */
final class OpenGap {
  private final Duration part;
  private final int epoch;
  private final RenditionLogs logs;
  private final PartListing parts;
  private Duration length = Duration.ZERO;

  /**
   * @param part the longest part
   */
  OpenGap(Duration part, int epoch, RenditionLogs logs, PartListing parts) {
    this.part = part;
    this.epoch = epoch;
    this.logs = logs;
    this.parts = parts;
  }

  /** The longest part. */
  Duration part() {
    return part;
  }

  boolean isOpen() {
    return !length.isZero();
  }

  /** How much is needed for the next part of a gap that gets no longer than a target duration. */
  private Duration next(int targetSeconds) {
    Duration left = Duration.ofSeconds(targetSeconds).minus(length);
    return left.compareTo(part) < 0 ? left : part;
  }

  /**
   * Lists one more part, which is as long as it may be.
   *
   * @param missing how much is not listed yet
   * @return its duration; zero when less than that is missing
   */
  Duration grow(Duration missing, int targetSeconds) {
    Duration next = next(targetSeconds);
    if (missing.compareTo(next) < 0) {
      return Duration.ZERO;
    }
    length = length.plus(next);
    parts.listGap(length, false);
    return next;
  }

  /** How much of the missing time belongs to it, behind its last part. */
  Duration rest(Duration missing, int targetSeconds) {
    Duration most = next(targetSeconds);
    return missing.compareTo(most) < 0 ? missing : most;
  }

  /** Whether it is as long as a segment may be. */
  boolean isFull(int targetSeconds) {
    return length.compareTo(Duration.ofSeconds(targetSeconds)) >= 0;
  }

  /**
   * Lists what there is of it as a segment.
   *
   * @param rest the time behind its last part, one part at most
   * @return its duration
   */
  Duration close(Duration rest, int targetSeconds) {
    Duration whole = length.plus(rest);
    parts.listGap(whole, true);
    logs.appendGap(whole, targetSeconds, epoch);
    length = Duration.ZERO;
    return whole;
  }
}

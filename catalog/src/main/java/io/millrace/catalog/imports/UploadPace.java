package io.millrace.catalog.imports;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether an upload comes too slowly to be waited for: less than {@value #LEAST_BYTES} bytes in
 * half a minute. Pure; of one thread.
 */
final class UploadPace {
  static final long LEAST_BYTES = 128 << 10;
  static final Duration WITHIN = Duration.ofSeconds(30);

  private Instant since;
  private long before;

  UploadPace(Instant begin) {
    this.since = begin;
  }

  /**
   * Takes a look.
   *
   * @param received so many bytes in all
   * @param asked whether the sender could send; while the disk is waited for, nothing is its fault
   */
  boolean isTooSlow(long received, boolean asked, Instant now) {
    if (!asked) {
      begin(received, now);
      return false;
    }
    if (now.isBefore(since.plus(WITHIN))) {
      return false;
    }
    boolean slow = received - before < LEAST_BYTES;
    begin(received, now);
    return slow;
  }

  private void begin(long received, Instant now) {
    since = now;
    before = received;
  }
}

package io.millrace.media;

import io.millrace.config.ConfigSection;
import java.time.Duration;

/**
 * How broadcasts live and end.
 *
 * @param endGrace how long a cleanly unpublished broadcast waits for its publisher ({@code
 *     ingest.endGrace})
 * @param lossGrace how long it waits after a lost connection ({@code ingest.lossGrace})
 * @param takeoverSilence how long a publisher must have been silent before another one of the same
 *     stream takes its place ({@code ingest.takeoverSilence})
 */
public record LiveConfig(Duration endGrace, Duration lossGrace, Duration takeoverSilence) {
  private static final Duration LONGEST_GRACE = Duration.ofDays(1);
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

  /**
   * @param ingest the section {@code ingest}
   */
  public static LiveConfig read(ConfigSection ingest) {
    return new LiveConfig(
        ingest.duration("endGrace", Duration.ofSeconds(10), Duration.ZERO, LONGEST_GRACE),
        ingest.duration("lossGrace", Duration.ofSeconds(60), Duration.ZERO, LONGEST_GRACE),
        ingest.duration("takeoverSilence", Duration.ofSeconds(1), Duration.ZERO, LONGEST_SILENCE));
  }

  /** How long a broadcast waits for a publisher that left for this reason. */
  Duration graceAfter(EndReason reason) {
    return reason == EndReason.UNPUBLISHED ? endGrace : lossGrace;
  }
}

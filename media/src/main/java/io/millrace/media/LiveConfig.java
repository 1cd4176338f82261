package io.millrace.media;

import io.millrace.config.ConfigSection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How broadcasts live and end.
 *
 * @param endGrace how long a cleanly unpublished broadcast waits for its publisher ({@code
 *     ingest.endGrace})
 * @param lossGrace how long it waits after a lost connection ({@code ingest.lossGrace})
 * @param takeoverSilence how long a publisher must have been silent before another one of the same
 *     stream takes its place ({@code ingest.takeoverSilence})
 * @param backupAfter how long the input on air may send no media before the one that stands by
 *     takes over ({@code ingest.backup.after})
 * @param primaryReturns what happens then ({@code ingest.backup.primaryReturns})
 * @param slate an MP4 file that is shown while no media comes ({@code ingest.slate}); none: nothing
 */
public record LiveConfig(
    Duration endGrace,
    Duration lossGrace,
    Duration takeoverSilence,
    Duration backupAfter,
    PrimaryReturns primaryReturns,
    Optional<Path> slate) {
  /** What happens when the primary sends again while the backup is on air. */
  public enum PrimaryReturns {
    /** The backup stays on air until it fails. */
    STAY,
    /** Once the primary has been steady for a while it is on air again. */
    SWITCH_BACK
  }

  private static final Duration LONGEST_GRACE = Duration.ofDays(1);
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);
  private static final Duration BACKUP_AFTER = Duration.ofMillis(1500);

  /** The defaults for backups, and no slate. */
  public LiveConfig(Duration endGrace, Duration lossGrace, Duration takeoverSilence) {
    this(endGrace, lossGrace, takeoverSilence, BACKUP_AFTER, PrimaryReturns.STAY, Optional.empty());
  }

  /**
   * @param ingest the section {@code ingest}
   */
  public static LiveConfig read(ConfigSection ingest) {
    ConfigSection backup = ingest.section("backup");
    return new LiveConfig(
        ingest.duration("endGrace", Duration.ofSeconds(10), Duration.ZERO, LONGEST_GRACE),
        ingest.duration("lossGrace", Duration.ofSeconds(60), Duration.ZERO, LONGEST_GRACE),
        ingest.duration("takeoverSilence", Duration.ofSeconds(1), Duration.ZERO, LONGEST_SILENCE),
        backup.duration("after", BACKUP_AFTER, Duration.ofMillis(200), Duration.ofSeconds(20)),
        backup.choice("primaryReturns", PrimaryReturns.STAY),
        ingest.path("slate"));
  }

  /** How long a broadcast waits for a publisher that left for this reason. */
  Duration graceAfter(EndReason reason) {
    return reason == EndReason.UNPUBLISHED ? endGrace : lossGrace;
  }
}

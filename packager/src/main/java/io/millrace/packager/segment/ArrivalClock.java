package io.millrace.packager.segment;

import java.time.Instant;

/**
 * How much media has come, as a measure of the time in which it came: that of the track of which
 * the most has come, and at least the time that passes while anything comes. Timestamps that jump
 * count for little; a track that starts, or was away, is behind the others by as much as its
 * timestamps are, so that what comes in bursts counts once.
 */
final class ArrivalClock {
  /** A timestamp that is further behind than this tells nothing. */
  private static final long LONGEST_LAG = 10_000_000_000L;

  /** A longer step is a jump, unless as much time has passed or the step before was as long. */
  private static final long SECOND = 1_000_000_000L;

  /** What comes at longer intervals does not come steadily, and something may be held up. */
  private static final long STEADY = 300_000_000L;

  private long nanos;
  private long furthest = Long.MIN_VALUE;
  private boolean wasTold;
  private long toldNanos;
  private long wallNanos;
  private long startWallNanos;
  private long passedNanos;

  /** Since the first sample. */
  long nanos() {
    return nanos;
  }

  /** The next event comes at this time. */
  void tells(Instant now) {
    long told = now.getEpochSecond() * SECOND + now.getNano();
    if (wasTold) {
      passedNanos = told - toldNanos;
      nanos += Math.clamp(passedNanos, 0, STEADY);
      wallNanos += Math.max(0, passedNanos);
    }
    toldNanos = told;
    wasTold = true;
  }

  /** How far the wall clock has gone on since it was first told; it stays where it is set back. */
  long wallNanos() {
    return wallNanos;
  }

  /** How far it had when the timeline's first sample came. */
  long startWallNanos() {
    return startWallNanos;
  }

  /** A timeline of its own starts: its timestamps say nothing of those before. */
  void restart() {
    furthest = Long.MIN_VALUE;
  }

  /**
   * A track's first sample has come.
   *
   * @param dtsNanos its decoding time
   * @return what counts as come of the track
   */
  long start(long dtsNanos) {
    if (furthest == Long.MIN_VALUE) {
      startWallNanos = wallNanos;
    }
    long reached = beside(dtsNanos);
    furthest = Math.max(furthest, dtsNanos);
    return reached;
  }

  /**
   * A track's next sample has come.
   *
   * @param trackNanos what had come of it
   * @param dtsNanos the sample's decoding time
   * @param stepNanos to this sample from the one before
   * @param stepBeforeNanos to that one from the one before it; 0 when that is not known
   * @return what has come of it
   */
  long step(long trackNanos, long dtsNanos, long stepNanos, long stepBeforeNanos) {
    long longest = Math.max(Math.max(SECOND, stepBeforeNanos), passedNanos);
    long reached =
        stepNanos > longest
            ? Math.max(beside(dtsNanos), trackNanos + longest)
            : trackNanos + stepNanos;
    furthest = Math.max(furthest, dtsNanos);
    nanos = Math.max(nanos, reached);
    return reached;
  }

  private long beside(long dtsNanos) {
    return furthest == Long.MIN_VALUE
        ? nanos
        : nanos - Math.clamp(furthest - dtsNanos, 0, LONGEST_LAG);
  }
}

package io.millrace.packager.segment;

/**
 * How far a track comes behind the leader, and how long its segments wait for it because of that.
 * One that stops is not known to be late. Times are those of {@link ArrivalClock}.
 */
final class Lateness {
  /**
   * From here on a track that is behind is not waited for any more. That lasts for seconds: where
   * all come at the pace of the wall clock, {@code media} puts one beside the others that stays
   * more than 8 s behind ({@link io.millrace.media.TimestampRepair#TRACK_JUMP}).
   */
  private static final long LONGEST = 10_000_000_000L;

  /** What arrival is irregular by. */
  private static final long UNSTEADY = 300_000_000L;

  /** After so many segments without a sample a track is away. */
  private static final int AWAY_SEGMENTS = 3;

  /** What is away is waited for no longer than tracks that come again are interleaved by. */
  private static final long AWAY_WAIT = 500_000_000L;

  private boolean started;
  private boolean arrived;
  private long lastNanos;
  private long stepNanos;
  private long arrivedNanos;
  private long dueNanos = Long.MAX_VALUE;
  private long lagNanos;
  private long lagBefore;
  private int missed;

  /** A timeline of its own starts, or another track, which has missed nothing. */
  void restart() {
    started = false;
    missed = 0;
  }

  /**
   * A sample of the track has come.
   *
   * @param nanos its decoding time
   */
  void arrives(ArrivalClock clock, long nanos) {
    arrived = true;
    missed = 0;
    if (!started) {
      started = true;
      arrivedNanos = clock.nanos();
      stepNanos = 0;
      lastNanos = nanos;
    } else if (nanos > lastNanos) {
      arrivedNanos = clock.step(arrivedNanos, nanos - lastNanos, stepNanos);
      stepNanos = nanos - lastNanos;
      lastNanos = nanos;
    }
  }

  /** The last sample came when the leader was ahead by so much. */
  void lags(long nanos) {
    if (nanos < LONGEST) {
      lagNanos = Math.max(lagNanos, nanos);
    }
  }

  /** Whether the leader's cuts are made at once: samples come, and none was late of late. */
  boolean isOnTime() {
    return arrived && Math.max(lagNanos, lagBefore) < UNSTEADY;
  }

  /**
   * Until when the track's segment waits: as long as it is known to be late, and as the segment
   * before allows. Nobody waits for a track that is away.
   *
   * @param cutNanos when the leader's segment was cut
   * @param usualNanos until when those are waited for that are not known to be late
   */
  long awaitedUntil(long cutNanos, long usualNanos) {
    if (missed >= AWAY_SEGMENTS) {
      return cutNanos + AWAY_WAIT;
    }
    long late = Math.min(dueNanos, cutNanos + Math.max(lagNanos, lagBefore) + UNSTEADY);
    return Math.max(usualNanos, late);
  }

  /** A segment of the track is written; the next one is due then. */
  void written(long nextDueNanos) {
    dueNanos = nextDueNanos;
    missed = arrived ? 0 : missed + 1;
    arrived = false;
    lagBefore = lagNanos;
    lagNanos = 0;
  }
}

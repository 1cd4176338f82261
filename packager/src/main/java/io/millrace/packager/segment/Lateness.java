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

  /** Nor is one of which nothing has come for so long, however long its segments are. */
  private static final long AWAY_NANOS = 6_000_000_000L;

  /** A track that goes on later than this has paused. */
  private static final long PAUSE_NANOS = 1_000_000_000L;

  /** So many segments are not waited for behind a pause from which a track came back in time. */
  private static final int SEGMENTS_BEHIND_PAUSE = 3;

  /** How late a track was is known for as long as this at least, and twice as long at most. */
  private static final long REMEMBERED = LONGEST;

  private boolean started;
  private boolean arrived;
  private boolean paused;
  private long lastNanos;
  private long stepNanos;
  private long arrivedNanos;
  private long seenNanos;
  private long dueNanos = Long.MAX_VALUE;
  private long lagNanos;
  private long lagBefore;
  private long lagSinceNanos;
  private int missed;
  private int segmentsBehindPause;

  /** A timeline of its own starts, or another track, which has missed nothing. */
  void restart() {
    started = false;
    paused = false;
    missed = 0;
    segmentsBehindPause = 0;
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
      arrivedNanos = clock.start(nanos);
      stepNanos = 0;
      lastNanos = nanos;
    } else if (nanos > lastNanos) {
      paused = nanos - lastNanos > PAUSE_NANOS;
      arrivedNanos = clock.step(arrivedNanos, nanos, nanos - lastNanos, stepNanos);
      stepNanos = nanos - lastNanos;
      lastNanos = nanos;
    }
    seenNanos = clock.nanos();
    if (seenNanos - lagSinceNanos >= REMEMBERED) {
      lagSinceNanos = seenNanos;
      lagBefore = lagNanos;
      lagNanos = 0;
    }
  }

  /** The last sample came when the leader, or what follows it, was ahead by so much. */
  void lags(long nanos) {
    if (nanos < LONGEST) {
      lagNanos = Math.max(lagNanos, nanos);
    }
    if (paused && nanos < UNSTEADY) {
      segmentsBehindPause = SEGMENTS_BEHIND_PAUSE;
    }
    paused = false;
  }

  /** How far behind it has been of late. */
  long known() {
    return Math.max(lagNanos, lagBefore);
  }

  /** How much of others comes before a track that lists parts is not waited for. */
  long patienceForParts() {
    return known() + UNSTEADY;
  }

  /** Whether the leader's cuts are made at once: samples come, and none was late of late. */
  boolean isOnTime() {
    return arrived && known() < UNSTEADY;
  }

  /** Whether so much has come of others since its last sample; true when it has had none. */
  boolean isSilentFor(long nanos, long nowNanos) {
    return !started || nowNanos - seenNanos > nanos;
  }

  /**
   * Whether the track is late and still comes, so that a segment that cannot wait for it any longer
   * should take no more of its time than it must.
   */
  boolean isComingLate(long nowNanos) {
    return known() >= UNSTEADY && !isSilentFor(UNSTEADY, nowNanos);
  }

  /** Whether nothing is expected that comes late. */
  boolean isAway(long nowNanos) {
    return segmentsBehindPause > 0 || isSilentFor(AWAY_NANOS, nowNanos);
  }

  /**
   * Until when the track's segment waits: as long as it is known to be late, and as the segment
   * before allows; for a while also when it is away, since it would come again as late. Nobody
   * waits for another one that is away, or that pauses and comes back in time.
   *
   * @param cutNanos when the leader's segment was cut
   * @param usualNanos until when those are waited for that are not known to be late
   */
  long awaitedUntil(long cutNanos, long usualNanos) {
    long away = cutNanos + AWAY_WAIT;
    long late = Math.min(dueNanos, cutNanos + known() + UNSTEADY);
    if (missed >= AWAY_SEGMENTS) {
      return cutNanos - seenNanos < REMEMBERED ? Math.max(away, late) : away;
    }
    long patient = segmentsBehindPause > 0 ? away : usualNanos;
    long silent = started ? Math.max(away, seenNanos + AWAY_NANOS) : Long.MAX_VALUE;
    return Math.max(late, Math.min(patient, silent));
  }

  /** A segment of the track is written; the next one is due then. */
  void written(long nextDueNanos) {
    dueNanos = nextDueNanos;
    missed = arrived ? 0 : missed + 1;
    segmentsBehindPause = Math.max(0, segmentsBehindPause - 1);
    arrived = false;
  }
}

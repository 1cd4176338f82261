package io.millrace.media;

/**
 * What comes out of a {@link SourceTimeline} in one run: times rise strictly within each track, and
 * pictures are presented when can be believed. Knows where the run's media began and whether it has
 * come at the pace of the wall clock.
 */
final class RunOutput {
  private static final long SECOND = 1_000_000_000L;
  private static final long PACE_NEEDS = 5 * SECOND;
  private static final long LONGEST_COMPOSITION = 10 * SECOND;
  private static final long EARLIEST_COMPOSITION = -2 * SECOND;

  private final SourceTimeline.Journal journal;
  private final SourceTimeline.Outlet out;

  /** Where the run's media begins. */
  private long fromNanos = Long.MIN_VALUE;

  private long arrivedNanos;

  RunOutput(SourceTimeline.Journal journal, SourceTimeline.Outlet out) {
    this.journal = journal;
    this.out = out;
  }

  /** What comes next begins a run. */
  void restart() {
    fromNanos = Long.MIN_VALUE;
  }

  /** Tells that the next sample starts a new run. */
  void breakAt(long arrived) {
    out.broken(arrived);
  }

  /** Whether the run has less media than this, though it has some. */
  boolean isShorterThan(long nanos, long reachedNanos) {
    return fromNanos != Long.MIN_VALUE && reachedNanos - fromNanos < nanos;
  }

  /** Whether media has been coming about as fast as time passes. */
  boolean isPaced(SourceTrack track, long nowNanos) {
    long wall = nowNanos - arrivedNanos;
    long media = track.lastNanos() - fromNanos;
    return fromNanos != Long.MIN_VALUE
        && wall >= PACE_NEEDS
        && media > wall * 4 / 5
        && media < wall * 5 / 4;
  }

  /**
   * The track's next sample.
   *
   * @param othersNanos how far the furthest other track has come
   */
  void sample(SourceTrack track, Sample sample, long arrived, long othersNanos) {
    long dts = sample.dts() + track.offset;
    long composition = composition(track, sample);
    if (track.started && dts <= track.last) {
      journal.repaired(TimestampRepair.ORDER, 1);
      long moved = track.last + 1;
      // A picture keeps its time of presentation, unless that is far behind too.
      long kept = composition + dts - moved;
      boolean near = track.scale.toNanos(kept) >= EARLIEST_COMPOSITION;
      composition = track.video && near ? kept : composition;
      dts = moved;
    }
    track.placed(dts, arrived, othersNanos);
    if (fromNanos == Long.MIN_VALUE) {
      fromNanos = track.lastNanos();
      arrivedNanos = arrived;
    }
    out.sample(sample.at(dts, (int) composition), arrived);
  }

  private long composition(SourceTrack track, Sample sample) {
    long nanos = track.scale.toNanos(sample.compositionOffset());
    if (nanos < EARLIEST_COMPOSITION || nanos > LONGEST_COMPOSITION) {
      journal.repaired(TimestampRepair.COMPOSITION, 1);
      return track.composition;
    }
    track.composition = sample.compositionOffset();
    return sample.compositionOffset();
  }
}

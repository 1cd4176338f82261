package io.millrace.media;

/**
 * How far one track of a publisher has come; times are in ticks of the track unless named
 * otherwise. Belongs to a {@link SourceTimeline}.
 */
final class SourceTrack {
  private static final long LONGEST_STEP_NANOS = 3_000_000_000L;
  private static final long HOME_NANOS = 250_000_000;

  /** Farther apart than this, tracks do not begin by one clock. */
  private static final long START_DISTANCE_NANOS = 5_000_000_000L;

  /** Less than what a reader that puts tracks together waits for one. */
  private static final long FAR_BEHIND_NANOS = 8_000_000_000L;

  /** How long a track is watched that is far behind. */
  private static final long WATCH_NANOS = 3_000_000_000L;

  final TrackId id;
  final boolean video;
  Timescale scale;

  /** Has to be added to the source's times. */
  long offset;

  /** Whether {@link #offset} is known though the track has not {@link #started} in this run. */
  boolean hasOwnOffset;

  boolean started;

  /** The last time that came out, and the distance to the one before. */
  long last;

  long step;

  /** By how much the last sample was moved because the publisher's clocks stood still. */
  long movedNanos;

  /** How far it has come within a watch of the {@link StandingClock}, and within which one. */
  long inWatchNanos;

  int watch;

  long composition;
  long lastArrivedNanos;

  /** How far the furthest other track had come when {@link #last} came out. */
  long othersThenNanos = Long.MIN_VALUE;

  // What is held back: how many samples jumped, the source's time of the first, and how far the
  // track has come by those that did not.
  int jumpedSamples;
  long firstJumped;
  private long lastJumped;
  private boolean jumpedHome;
  private long waitingUntil = Long.MIN_VALUE;

  private long lastNanos;

  /** How far it is ahead of the furthest other track, as a rule. */
  private long aheadNanos;

  private boolean comparable;

  // Since when it has been far behind, and how far it and the furthest other track had come then.
  private boolean watched;
  private long watchedSinceNanos;
  private long watchedFromNanos;
  private long othersFromNanos;

  SourceTrack(Track track) {
    this.id = track.id();
    this.video = track.isVideo();
    this.scale = track.timescale();
  }

  /** Where a sample of the source would be placed, in nanoseconds. */
  long nanosOf(Sample sample) {
    return scale.toNanos(sample.dts() + offset);
  }

  long lastNanos() {
    return lastNanos;
  }

  long ticks(long nanos) {
    return scale.ofNanos(nanos);
  }

  /** Whether its next sample is near to what came of another track. */
  boolean isBeside(SourceTrack other, Sample sample) {
    return Math.abs(nanosOf(sample) - other.lastNanos) <= START_DISTANCE_NANOS;
  }

  /**
   * Takes the offset of another track, if that leads near to it, or else one of its own that does.
   *
   * @return whether they share an offset
   */
  boolean joins(SourceTrack other, Sample sample) {
    offset = ticks(other.scale.toNanos(other.offset));
    boolean shares = isBeside(other, sample);
    if (!shares) {
      offset = ticks(other.lastNanos) - sample.dts();
    }
    return shares;
  }

  void placed(long dts, long arrivedNanos, long othersNanos) {
    if (started && dts - last <= ticks(LONGEST_STEP_NANOS)) {
      step = dts - last;
    }
    started = true;
    last = dts;
    lastNanos = scale.toNanos(dts);
    lastArrivedNanos = arrivedNanos;
    othersThenNanos = othersNanos;
    if (othersNanos != Long.MIN_VALUE) {
      long ahead = lastNanos - othersNanos;
      aheadNanos = comparable ? aheadNanos + (ahead - aheadNanos) / 16 : ahead;
      comparable = true;
    }
  }

  /** How far it has come, what waits and did not jump included. */
  long reachedNanos() {
    return lastNanos + Math.max(0, progressNanos());
  }

  /**
   * One of its samples waits.
   *
   * @param othersNanos how far the furthest other track has come
   */
  void waits(Sample sample, boolean jumped, long othersNanos) {
    if (jumped && jumpedSamples == 0 && comparable && othersNanos != Long.MIN_VALUE) {
      long ahead = nanosOf(sample) - othersNanos;
      jumpedHome = Math.abs(ahead - aheadNanos) < HOME_NANOS;
    }
    if (!jumped) {
      waitingUntil = Math.max(waitingUntil, sample.dts() + offset);
    } else {
      if (jumpedSamples++ == 0) {
        firstJumped = sample.dts();
      }
      lastJumped = sample.dts();
    }
  }

  /** Whether a sample goes on from those that jumped rather than from those before. */
  boolean continuesJump(Sample sample) {
    long fromJumped = Math.abs(sample.dts() - lastJumped - step);
    long fromOld = Math.abs(sample.dts() + offset - last - (jumpedSamples + 1) * step);
    return jumpedSamples > 0 && fromJumped < fromOld;
  }

  /**
   * Whether the jump led to where the track should be beside the others: what came before was off.
   */
  boolean hasJumpedHome() {
    return jumpedHome;
  }

  /**
   * Whether it has been more than 8 s behind for three seconds in which it and the others came at
   * the pace of the wall clock. What is late for once catches up, or the others wait for it, and a
   * file that comes faster is only interleaved badly.
   *
   * @param nanos where its next sample would be placed
   * @param othersNanos how far the furthest other track has come
   */
  boolean strays(long nanos, long othersNanos, long nowNanos) {
    if (othersNanos - nanos <= FAR_BEHIND_NANOS) {
      watched = false;
      return false;
    }
    long wall = nowNanos - watchedSinceNanos;
    if (watched && wall < WATCH_NANOS) {
      return false;
    }
    boolean strays =
        watched
            && isPaced(nanos - watchedFromNanos, wall)
            && isPaced(othersNanos - othersFromNanos, wall);
    watched = !strays;
    watchedSinceNanos = nowNanos;
    watchedFromNanos = nanos;
    othersFromNanos = othersNanos;
    return strays;
  }

  private static boolean isPaced(long media, long wall) {
    return Math.abs(media - wall) <= wall / 4;
  }

  /** How far the samples that wait and did not jump go on, in nanoseconds. */
  long progressNanos() {
    return waitingUntil == Long.MIN_VALUE ? 0 : scale.toNanos(waitingUntil) - lastNanos;
  }

  void forgetJump() {
    jumpedSamples = 0;
    jumpedHome = false;
    waitingUntil = Long.MIN_VALUE;
  }

  /** Where the first sample that jumped would be, less where the last one before is. */
  long jumpNanos() {
    return scale.toNanos(firstJumped + offset) - reachedNanos();
  }

  /** A new run begins; what the track's clock differs by from the others' may still hold. */
  void restart(boolean keepsOffset) {
    offset = keepsOffset ? offset : 0;
    hasOwnOffset = keepsOffset;
    started = false;
    step = 0;
    composition = 0;
    othersThenNanos = Long.MIN_VALUE;
    comparable = false;
    watched = false;
    forgetJump();
  }

  void retime(Timescale other) {
    if (!other.equals(scale)) {
      offset = Timescale.rescale(offset, scale, other);
      last = Timescale.rescale(last, scale, other);
      step = Timescale.rescale(step, scale, other);
      composition = Timescale.rescale(composition, scale, other);
      scale = other;
    }
  }
}

package io.millrace.media;

/**
 * Finds a publisher whose clocks all stand still, or nearly so, while its samples keep coming, and
 * says by how much its times have to be moved for them to go on with the time of arrival instead.
 * All tracks are moved by the same time.
 *
 * <pre>
 *   goes --samples of 3 s are under 2 ms apart, and all slower than an eighth----> stands
 *    ^   --samples of a minute are slower than an eighth of the wall clock-------> stands
 *    +------------ samples of 3 s go at an eighth of the wall clock or faster -------+
 * </pre>
 *
 * <p>A silence counts as half a second at most: a publisher that has stopped has no clock.
 */
final class StandingClock {
  private static final long MILLI = 1_000_000;
  private static final long WATCH = 3_000 * MILLI;
  private static final long LONG_WATCH = 60_000 * MILLI;
  private static final long LONGEST_SILENCE = 500 * MILLI;
  private static final int SLOWEST_PACE = 8;

  /** No encoder makes more than 500 frames of a track in a second. */
  private static final long SHORTEST_STEP = 2 * MILLI;

  private boolean started;
  private boolean stands;
  private long lastNanos;
  private long shiftNanos;

  // Since the present watch began.
  private int watch;
  private long wallNanos;
  private long stepsNanos;
  private long furthestNanos;
  private long samples;

  /** Another publisher. */
  void restart() {
    started = false;
    stands = false;
    shiftNanos = 0;
    watchAnew();
  }

  /** A sample comes. */
  void arrives(long nowNanos) {
    long passed = started ? Math.max(0, nowNanos - lastNanos) : 0;
    started = true;
    lastNanos = nowNanos;
    shiftNanos += stands ? passed : 0;
    wallNanos += Math.min(passed, LONGEST_SILENCE);
    samples++;
    if (wallNanos >= WATCH) {
      judge();
    }
  }

  /**
   * A track has gone on.
   *
   * @param nanos less what its sample was moved by
   */
  void goesOn(SourceTrack track, long nanos) {
    if (track.watch != watch) {
      track.watch = watch;
      track.inWatchNanos = 0;
    }
    track.inWatchNanos += nanos;
    stepsNanos += nanos;
    furthestNanos = Math.max(furthestNanos, track.inWatchNanos);
  }

  /** How far samples that come now have to be moved. */
  long shiftNanos() {
    return shiftNanos;
  }

  /** Whether times are those of arrival at present. */
  boolean stands() {
    return stands;
  }

  private void judge() {
    boolean slow = furthestNanos < wallNanos / SLOWEST_PACE;
    if (!slow) {
      stands = false;
      watchAnew();
    } else if (stands || stepsNanos < samples * SHORTEST_STEP || wallNanos >= LONG_WATCH) {
      stands = true;
      watchAnew();
    }
  }

  private void watchAnew() {
    watch++;
    wallNanos = 0;
    stepsNanos = 0;
    furthestNanos = 0;
    samples = 0;
  }
}

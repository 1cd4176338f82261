package io.millrace.media;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The link between the wall clock and a broadcast's media time (nanoseconds from its first sample).
 * RTMP carries no wall clock, so each continuous run of samples has an anchor, taken when its first
 * sample arrived. Programme dates count from there at the media's own pace, which keeps them
 * consistent with durations (HLS D6).
 *
 * <p>Encoders drift, by seconds a day. What happens at a time of day is placed by a map that
 * follows them: within a run it goes a little faster or slower, never back, and what has been
 * mapped once is mapped the same ever after.
 *
 * @param anchors one for each run, in order of media time; the last {@value #MAX_ANCHORS} are kept
 * @param slews where a run's pace changed, in order of media time; the last {@value #MAX_ANCHORS}
 *     are kept
 */
public record ClockMap(List<Anchor> anchors, List<Slew> slews) {
  private static final int MAX_ANCHORS = 1000;

  /** A deviation is made good over so long. */
  private static final long HORIZON_NANOS = 60_000_000_000L;

  private static final long NEAR_NANOS = 1_000_000_000L;
  private static final double MAX_SLEW = 500e-6;
  private static final double MAX_SLEW_WHEN_FAR = 0.1;
  private static final double SMALLEST_CHANGE = 5e-6;

  /** Before the first sample. */
  public static final ClockMap EMPTY = new ClockMap(List.of());

  /** Where a run starts on both clocks. */
  public record Anchor(Instant wall, long mediaNanos) {}

  /**
   * A run's pace from here on.
   *
   * @param pace nanoseconds of the wall clock for one of media, about 1
   */
  public record Slew(Instant wall, long mediaNanos, double pace) {
    Instant wallAt(long media) {
      long apart = media - mediaNanos;
      return wall.plusNanos(apart + Math.round(apart * (pace - 1)));
    }

    long mediaAt(Instant at) {
      long apart = Duration.between(wall, at).toNanos();
      return mediaNanos + apart - Math.round(apart * (1 - 1 / pace));
    }
  }

  public ClockMap {
    anchors = List.copyOf(anchors);
    slews = List.copyOf(slews);
  }

  /** A map of runs that go at the wall clock's pace. */
  public ClockMap(List<Anchor> anchors) {
    this(anchors, List.of());
  }

  /** The wall-clock time of a moment of the broadcast, by the run that it belongs to. */
  public Instant wallAt(long mediaNanos) {
    int last = anchors.size() - 1;
    while (last > 0 && anchors.get(last).mediaNanos > mediaNanos) {
      last--;
    }
    Anchor run = anchor(last);
    for (int i = slews.size() - 1; i >= 0 && slews.get(i).mediaNanos >= run.mediaNanos; i--) {
      if (slews.get(i).mediaNanos <= mediaNanos) {
        return slews.get(i).wallAt(mediaNanos);
      }
    }
    return new Slew(run.wall, run.mediaNanos, 1).wallAt(mediaNanos);
  }

  /** The broadcast's moment at a wall-clock time, by the last run that had started by then. */
  public long mediaAt(Instant wall) {
    // From the back, as it is mostly asked about now; by steps, as a wall clock may be set back.
    int last = anchors.size() - 1;
    while (last > 0 && anchors.get(last).wall.isAfter(wall)) {
      last--;
    }
    Anchor run = anchor(last);
    long nextRun = startAfter(last);
    for (int i = slews.size() - 1; i >= 0 && slews.get(i).mediaNanos >= run.mediaNanos; i--) {
      Slew slew = slews.get(i);
      if (slew.mediaNanos < nextRun && !slew.wall.isAfter(wall)) {
        return slew.mediaAt(wall);
      }
    }
    return new Slew(run.wall, run.mediaNanos, 1).mediaAt(wall);
  }

  /** Where media begins that belongs to none of the runs up to this one. */
  private long startAfter(int run) {
    for (int i = run + 1; i < anchors.size(); i++) {
      if (anchors.get(i).mediaNanos > anchors.get(run).mediaNanos) {
        return anchors.get(i).mediaNanos;
      }
    }
    return Long.MAX_VALUE;
  }

  /** The map with one more run. */
  ClockMap with(Instant wall, long mediaNanos) {
    List<Anchor> more = new ArrayList<>(anchors);
    more.add(new Anchor(wall, mediaNanos));
    return new ClockMap(last(more), slews);
  }

  /**
   * The map that from this moment on moves towards where the clocks have been found to be, by at
   * most 0.5 ms a second (100 ms a second while it is off by more than a second).
   *
   * @param mediaNanos after everything that has been mapped for good
   */
  ClockMap slewedTo(Instant wall, long mediaNanos) {
    Anchor run = anchors.getLast();
    Slew now =
        !slews.isEmpty() && slews.getLast().mediaNanos >= run.mediaNanos
            ? slews.getLast()
            : new Slew(run.wall, run.mediaNanos, 1);
    if (mediaNanos <= now.mediaNanos) {
      return this;
    }
    Instant mapped = now.wallAt(mediaNanos);
    long off = Duration.between(mapped, wall).toNanos();
    double limit = Math.abs(off) <= NEAR_NANOS ? MAX_SLEW : MAX_SLEW_WHEN_FAR;
    double pace = 1 + Math.clamp((double) off / HORIZON_NANOS, -limit, limit);
    if (Math.abs(pace - now.pace) < SMALLEST_CHANGE) {
      return this;
    }
    List<Slew> more = new ArrayList<>(slews);
    more.add(new Slew(mapped, mediaNanos, pace));
    return new ClockMap(anchors, last(more));
  }

  private static <T> List<T> last(List<T> all) {
    return all.subList(Math.max(0, all.size() - MAX_ANCHORS), all.size());
  }

  private Anchor anchor(int index) {
    if (anchors.isEmpty()) {
      throw new IllegalStateException("no sample has arrived");
    }
    return anchors.get(index);
  }
}

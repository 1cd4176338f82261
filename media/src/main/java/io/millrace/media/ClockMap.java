package io.millrace.media;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The link between the wall clock and a broadcast's media time (nanoseconds from its first sample).
 * Encoders drift and RTMP carries no wall clock, so each continuous run of samples has one anchor
 * of its own, taken when its first sample arrived; within a run both clocks go at the same pace,
 * which keeps programme dates consistent with durations.
 *
 * @param anchors one for each run, in order of media time; the last {@value #MAX_ANCHORS} are kept
 */
public record ClockMap(List<Anchor> anchors) {
  private static final int MAX_ANCHORS = 1000;

  /** Before the first sample. */
  public static final ClockMap EMPTY = new ClockMap(List.of());

  /** Where a run starts on both clocks. */
  public record Anchor(Instant wall, long mediaNanos) {}

  public ClockMap {
    anchors = List.copyOf(anchors);
  }

  /** The wall-clock time of a moment of the broadcast, by the run that it belongs to. */
  public Instant wallAt(long mediaNanos) {
    Anchor anchor = anchorOf(mediaNanos);
    return anchor.wall.plusNanos(mediaNanos - anchor.mediaNanos);
  }

  /** The broadcast's moment at a wall-clock time, by the last run that had started by then. */
  public long mediaAt(Instant wall) {
    Anchor found = first();
    for (Anchor anchor : anchors) {
      if (!anchor.wall.isAfter(wall)) {
        found = anchor;
      }
    }
    return found.mediaNanos + Duration.between(found.wall, wall).toNanos();
  }

  /** The map with one more run. */
  ClockMap with(Instant wall, long mediaNanos) {
    List<Anchor> more = new ArrayList<>(anchors);
    more.add(new Anchor(wall, mediaNanos));
    return new ClockMap(more.subList(Math.max(0, more.size() - MAX_ANCHORS), more.size()));
  }

  private Anchor anchorOf(long mediaNanos) {
    for (int i = anchors.size() - 1; i > 0; i--) {
      if (anchors.get(i).mediaNanos <= mediaNanos) {
        return anchors.get(i);
      }
    }
    return first();
  }

  private Anchor first() {
    if (anchors.isEmpty()) {
      throw new IllegalStateException("no sample has arrived");
    }
    return anchors.get(0);
  }
}

package io.millrace.media;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Plays a slate from its start, whose timestamps go on from one round to the next. Pure. */
final class SlateLoop {
  private final Slate slate;
  private final Map<TrackId, Track> tracks = new HashMap<>();
  private final long firstNanos;
  private int next;
  private long roundNanos;

  /**
   * @param shown which of its tracks
   */
  SlateLoop(Slate slate, List<Track> shown) {
    this.slate = slate;
    shown.forEach(track -> tracks.put(track.id(), track));
    Sample first = slate.samples().getFirst();
    this.firstNanos =
        slate.tracks().stream()
            .filter(track -> track.id().equals(first.track()))
            .mapToLong(track -> track.timescale().toNanos(first.dts()))
            .findFirst()
            .orElse(0);
  }

  /** What is to be shown by now and has not been given out; in its own time, from 0. */
  List<Sample> until(long nanos) {
    List<Sample> due = new ArrayList<>();
    while (true) {
      Sample sample = slate.samples().get(next);
      @Nullable Track track = tracks.get(sample.track());
      if (track != null) {
        long at = track.timescale().toNanos(sample.dts()) - firstNanos + roundNanos;
        if (at > nanos) {
          return due;
        }
        due.add(sample.at(sample.dts() + ticks(track, roundNanos - firstNanos)));
      }
      next++;
      if (next == slate.samples().size()) {
        next = 0;
        roundNanos += slate.duration().toNanos();
        if (roundNanos > nanos) {
          return due;
        }
      }
    }
  }

  private static long ticks(Track track, long nanos) {
    return Objects.requireNonNull(track).timescale().ofNanos(nanos);
  }
}

package io.millrace.media;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Places the samples of successive publishers on the one timeline of a broadcast. A run is what one
 * publisher sends without a break; all tracks of a run are shifted by the same time. Pure: confined
 * to the stream's home context, the clock's reading is an argument.
 */
final class Timeline {
  private static final class TrackState {
    private final TrackId id;
    private final Timescale timescale;
    private long shift;
    private long lastDts = Long.MIN_VALUE;
    private long lastStep;

    TrackState(TrackId id, Timescale timescale, long shift) {
      this.id = id;
      this.timescale = timescale;
      this.shift = shift;
    }
  }

  // A handful at most: a walk costs less than a hash, and no object for each sample.
  private final List<TrackState> tracks = new ArrayList<>();
  private ClockMap clock;
  private long endNanos;
  private boolean runStarted;
  private long runShiftNanos;

  Timeline(ClockMap clock, long endNanos) {
    this.clock = clock;
    this.endNanos = endNanos;
  }

  ClockMap clock() {
    return clock;
  }

  /**
   * Where the media ends that has been placed so far, in nanoseconds from the broadcast's start.
   */
  long endNanos() {
    return endNanos;
  }

  /** Whether a sample has been placed since the last {@link #breakRun}. */
  boolean inRun() {
    return runStarted;
  }

  /** The next sample starts a new run. */
  void breakRun() {
    runStarted = false;
    tracks.clear();
  }

  /** The tracks of the samples that follow; those of a run that goes on keep their place. */
  void tracks(List<Track> described) {
    for (Track track : described) {
      TrackState known = find(track.id());
      if (known == null || !known.timescale.equals(track.timescale())) {
        if (known != null) {
          tracks.remove(known);
        }
        tracks.add(
            new TrackState(
                track.id(), track.timescale(), track.timescale().ofNanos(runShiftNanos)));
      }
    }
  }

  /**
   * Where a run would start that begins now: at the wall clock's distance, never before the end.
   */
  long nextRunStart(Instant now) {
    if (clock.anchors().isEmpty()) {
      return 0;
    }
    return Math.max(endNanos, clock.mediaAt(now));
  }

  /** Starts a run whose first sample is given, in its publisher's own time. */
  void startRun(Sample first, Instant now) {
    long start = nextRunStart(now);
    TrackState track = stateOf(first);
    runShiftNanos = start - track.timescale.toNanos(first.dts());
    for (TrackState state : tracks) {
      state.shift = state.timescale.ofNanos(runShiftNanos);
      state.lastDts = Long.MIN_VALUE;
      state.lastStep = 0;
    }
    clock = clock.with(now, start);
    runStarted = true;
  }

  /** The sample in the broadcast's time. */
  Sample place(Sample sample) {
    TrackState state = stateOf(sample);
    long dts = sample.dts() + state.shift;
    if (state.lastDts != Long.MIN_VALUE && dts > state.lastDts) {
      state.lastStep = dts - state.lastDts;
    }
    state.lastDts = dts;
    endNanos = Math.max(endNanos, state.timescale.toNanos(dts + state.lastStep));
    return sample.at(dts);
  }

  /**
   * The run's clock as it turned out by now: a publisher's clock goes at its own pace.
   *
   * @param wall when media arrives that is at {@code mediaNanos}
   */
  void heardClock(Instant wall, long mediaNanos) {
    if (runStarted) {
      clock = clock.slewedTo(wall, mediaNanos);
    }
  }

  private TrackState stateOf(Sample sample) {
    TrackState state = find(sample.track());
    if (state == null) {
      throw new IllegalStateException(
          "sample of a track that was not announced: " + sample.track());
    }
    return state;
  }

  private @Nullable TrackState find(TrackId id) {
    for (int i = 0; i < tracks.size(); i++) {
      if (tracks.get(i).id.equals(id)) {
        return tracks.get(i);
      }
    }
    return null;
  }
}

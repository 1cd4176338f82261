package io.millrace.transcoding;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes one rung's events of what successive transcoders send of it: tracks are told with their
 * first sample, and however often a transcoder was lost in between, there is one discontinuity.
 * Pure.
 */
final class RungOutput {
  private final Consumer<MediaEvent> to;

  /** Tracks by their number. */
  private final TreeMap<Integer, Track> tracks = new TreeMap<>();

  private List<Track> told = List.of();
  private boolean lost;
  private @Nullable Long brokenAtNanos;

  RungOutput(Consumer<MediaEvent> to) {
    this.to = to;
  }

  /** Tracks of what follows, beside those of other numbers. */
  void tracks(List<Track> next) {
    next.forEach(track -> tracks.put(track.id().value(), track));
  }

  /** The source's tracks are these now: there are no others here. */
  void keep(Set<TrackId> ids) {
    tracks.keySet().removeIf(number -> !ids.contains(new TrackId(number)));
  }

  void sample(Sample sample) {
    Track track = tracks.get(sample.track().value());
    if (track == null) {
      return;
    }
    boolean breaks = !told.isEmpty() && (lost || brokenAtNanos != null);
    if (breaks) {
      Timescale scale = track.timescale();
      long nanos = brokenAtNanos != null ? brokenAtNanos : scale.toNanos(sample.dts());
      to.accept(new MediaEvent.Discontinuity(nanos));
    }
    lost = false;
    brokenAtNanos = null;
    List<Track> current = new ArrayList<>(tracks.values());
    if (breaks || !current.equals(told)) {
      told = current;
      to.accept(new MediaEvent.TracksReady(told));
    }
    to.accept(new MediaEvent.SampleReady(sample));
  }

  /** The rung has come to a break of the source. */
  void broken(long mediaNanos) {
    brokenAtNanos = mediaNanos;
    tracks.clear();
  }

  /**
   * Whoever made it is gone.
   *
   * @param wanted whether somebody else will make it
   */
  void lost(boolean wanted) {
    if (!wanted) {
      away();
    }
    lost = true;
    brokenAtNanos = null;
    tracks.clear();
  }

  /** It is not made any more. */
  void away() {
    tracks.clear();
    if (!told.isEmpty()) {
      told = List.of();
      to.accept(new MediaEvent.TracksReady(told));
    }
  }

  void ended(EndReason reason) {
    to.accept(new MediaEvent.Ended(reason));
  }
}

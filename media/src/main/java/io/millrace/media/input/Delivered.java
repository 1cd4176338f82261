package io.millrace.media.input;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has come of the input that is on air, in its own time: how far each track is, and the last
 * key frames. Confined to the stream's home context; {@code nowNanos} is {@link System#nanoTime}.
 */
public final class Delivered {
  /** How far one track has come; times are in its timescale. */
  static final class Reach {
    private final Track track;
    private long last = Long.MIN_VALUE;
    private long step = Long.MAX_VALUE;

    Reach(Track track) {
      this.track = track;
    }

    /** Whether a sample of another input has come already by this one. */
    boolean covers(Sample sample) {
      return last != Long.MIN_VALUE && sample.dts() <= last + tolerance();
    }

    /** Sound is timed from RTMP's milliseconds, which each connection may round anew. */
    private long tolerance() {
      return track.isVideo() ? 0 : Math.min(step / 2, track.timescale().ofNanos(ROUNDING_NANOS));
    }
  }

  private static final long ROUNDING_NANOS = 10_000_000;

  private final KeyMarks marks = new KeyMarks();
  private List<Reach> reaches = new ArrayList<>();
  private List<Track> tracks;
  private long lastMediaNanos;

  /**
   * From now on.
   *
   * @param tracks what the input on air has said that it sends; empty before it has
   */
  public Delivered(List<Track> tracks, long nowNanos) {
    this.tracks = tracks;
    this.lastMediaNanos = nowNanos;
    describe(tracks);
  }

  /** The input on air sends this. */
  public void accept(MediaEvent event, long nowNanos) {
    switch (event) {
      case MediaEvent.TracksReady ready -> describe(ready.tracks());
      case MediaEvent.SampleReady ready -> sample(ready.sample(), nowNanos);
      case MediaEvent.Discontinuity _ -> {
        reaches.clear();
        marks.clear();
        describe(tracks);
      }
      case MediaEvent.Ended _ -> {}
    }
  }

  /** A sample of it has come that viewers have already. */
  public void heard(long nowNanos) {
    lastMediaNanos = nowNanos;
  }

  /** When its last sample came. */
  public long lastMediaNanos() {
    return lastMediaNanos;
  }

  /** What it has said that it sends. */
  public List<Track> tracks() {
    return tracks;
  }

  KeyMarks marks() {
    return marks;
  }

  @Nullable Reach reach(TrackId id) {
    for (Reach reach : reaches) {
      if (reach.track.id().equals(id)) {
        return reach;
      }
    }
    return null;
  }

  /** Where the track ended, in nanoseconds of the source; empty samples count as nothing. */
  long lastNanos(TrackId id) {
    Reach reach = reach(id);
    return reach == null || reach.last == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : reach.track.timescale().toNanos(reach.last);
  }

  private void describe(List<Track> ready) {
    List<Reach> kept = new ArrayList<>();
    for (Track track : ready) {
      Reach known = reach(track.id());
      kept.add(
          known != null && known.track.timescale().equals(track.timescale())
              ? known
              : new Reach(track));
    }
    reaches = kept;
    tracks = ready;
    marks.tracks(ready);
  }

  private void sample(Sample sample, long nowNanos) {
    lastMediaNanos = nowNanos;
    Reach reach = reach(sample.track());
    if (reach != null) {
      if (reach.last != Long.MIN_VALUE && sample.dts() > reach.last) {
        reach.step = sample.dts() - reach.last;
      }
      reach.last = sample.dts();
    }
    marks.sample(sample, nowNanos);
  }
}

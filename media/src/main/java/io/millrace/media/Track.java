package io.millrace.media;

/**
 * One elementary stream of a broadcast.
 *
 * @param timescale what {@link Sample#dts()} of this track counts in
 * @param label what it is to viewers, as far as its publisher says so
 */
public record Track(TrackId id, TrackFormat format, Timescale timescale, TrackLabel label) {
  /** Of which nothing is said. */
  public Track(TrackId id, TrackFormat format, Timescale timescale) {
    this(id, format, timescale, TrackLabel.NONE);
  }

  /** The same with another label. */
  public Track withLabel(TrackLabel other) {
    return new Track(id, format, timescale, other);
  }

  public boolean isVideo() {
    return format instanceof TrackFormat.Video;
  }
}

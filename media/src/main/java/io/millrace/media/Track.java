package io.millrace.media;

/**
 * One elementary stream of a broadcast.
 *
 * @param timescale what {@link Sample#dts()} of this track counts in
 */
public record Track(TrackId id, TrackFormat format, Timescale timescale) {
  public boolean isVideo() {
    return format instanceof TrackFormat.Video;
  }
}

package io.millrace.validator.media;

import java.util.List;

/**
 * The samples of one track in one segment.
 *
 * @param id the track's id, or its PID
 * @param timescale ticks a second
 * @param exact whether the last sample's duration is known; MPEG-TS does not say it
 */
public record TrackMedia(
    long id, TrackFormat format, long timescale, boolean exact, List<MediaSample> samples) {
  public TrackMedia {
    samples = List.copyOf(samples);
  }

  /** The decode time of the first sample, in seconds. */
  public double startSeconds() {
    return samples.getFirst().dts() / (double) timescale;
  }

  /** The earliest presentation time, in seconds. */
  public double presentationSeconds() {
    return samples.stream().mapToLong(MediaSample::pts).min().orElse(0) / (double) timescale;
  }

  /** When the first sample is presented, in seconds. */
  public double shownSeconds() {
    return samples.getFirst().pts() / (double) timescale;
  }

  /** The decode time after the last sample, in seconds. */
  public double endSeconds() {
    MediaSample last = samples.getLast();
    return (last.dts() + last.duration()) / (double) timescale;
  }

  /** What all samples last. */
  public double seconds() {
    return samples.stream().mapToLong(MediaSample::duration).sum() / (double) timescale;
  }
}

package io.millrace.media;

import java.time.Duration;
import java.util.Optional;

/**
 * How one track is doing.
 *
 * @param bitsPerSecond over the last ten seconds of the track's own time; 0 in the first second
 * @param peakBitsPerSecond the most of any three seconds of the last minute
 * @param sinceLastSample by this machine's clock, when the snapshot was taken
 * @param samples in this broadcast
 * @param picture what only pictures have
 */
public record TrackHealth(
    Track track,
    long bitsPerSecond,
    long peakBitsPerSecond,
    Duration sinceLastSample,
    long samples,
    Optional<Picture> picture) {
  /**
   * What is known of pictures.
   *
   * @param framesPerSecond over the last ten seconds; 0 while unknown
   * @param steady whether they come at even distances
   * @param keyFrameInterval between the last two key frames; empty before there are two
   * @param longestKeyFrameInterval of the last eight and the present one
   * @param openGroups whether pictures after a key frame are shown before it
   * @param reordered whether there are B-frames
   */
  public record Picture(
      double framesPerSecond,
      boolean steady,
      Optional<Duration> keyFrameInterval,
      Duration longestKeyFrameInterval,
      boolean openGroups,
      boolean reordered) {}
}

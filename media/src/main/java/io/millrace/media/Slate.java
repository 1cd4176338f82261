package io.millrace.media;

import java.time.Duration;
import java.util.List;

/**
 * What viewers are shown while nobody sends: pictures and sound that are played again and again.
 *
 * @param samples in order of their decoding times, the first picture a key frame; all in memory
 * @param duration from the first sample's decoding to the longest track's end; more than nothing
 */
public record Slate(List<Track> tracks, List<Sample> samples, Duration duration) {
  public Slate {
    tracks = List.copyOf(tracks);
    samples = List.copyOf(samples);
    if (samples.isEmpty() || !duration.isPositive()) {
      throw new IllegalArgumentException("a slate without media");
    }
  }
}

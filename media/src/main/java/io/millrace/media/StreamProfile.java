package io.millrace.media;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is wanted of one stream instead of what the node's configuration says. A broadcast keeps
 * what its first publisher's stream had: a change is for the next one.
 *
 * @param ladder the renditions, in the words of the configuration
 * @param window what a live playlist covers
 * @param labels what its tracks are to viewers, whatever publishers say of them
 */
public record StreamProfile(
    Optional<List<String>> ladder, Optional<Duration> window, TrackLabels labels) {
  /** As the node is configured. */
  public static final StreamProfile CONFIGURED =
      new StreamProfile(Optional.empty(), Optional.empty());

  /** Nothing is said of its tracks. */
  public StreamProfile(Optional<List<String>> ladder, Optional<Duration> window) {
    this(ladder, window, TrackLabels.NONE);
  }

  public StreamProfile {
    ladder = ladder.map(List::copyOf);
  }
}

package io.millrace.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How streams are packaged, as far as a tenant, an app or a stream says so; what a stream does not
 * say its app says, then its tenant, then the node's configuration.
 *
 * @param ladder the renditions, in the words of {@code packager.ladder}
 * @param window what a live playlist covers, in whole seconds
 * @param languages of its sound and captions, by the names under which they are played
 */
public record Packaging(
    Optional<List<String>> ladder,
    Optional<Duration> window,
    Optional<Map<String, TrackNaming>> languages) {
  /** Says nothing. */
  public static final Packaging UNSAID =
      new Packaging(Optional.empty(), Optional.empty(), Optional.empty());
}

package io.millrace.media;

import java.util.Map;
import java.util.Optional;

/**
 * What is said of a stream's tracks, by the names under which they are played.
 *
 * @param byName {@code audio}, {@code audio-2} to {@code audio-8}, and of the picture's captions
 *     {@code cc1} to {@code cc4} and {@code service1} to {@code service6}
 */
public record TrackLabels(Map<String, TrackLabel> byName) {
  /** Nothing is said. */
  public static final TrackLabels NONE = new TrackLabels(Map.of());

  private static final String NAMES = "audio(-[2-8])?|cc[1-4]|service[1-6]";

  /**
   * @throws IllegalArgumentException in words for whoever named a track that there is not
   */
  public TrackLabels {
    byName = Map.copyOf(byName);
    for (String name : byName.keySet()) {
      if (!name.matches(NAMES)) {
        throw new IllegalArgumentException(
            "there is no track '"
                + name
                + "'; sound is audio, audio-2 to audio-8, captions are cc1 to cc4 and service1 to"
                + " service6");
      }
    }
  }

  /** Of one track, where something is said of it. */
  public Optional<TrackLabel> of(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}

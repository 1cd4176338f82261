package io.millrace.media;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Who says why a stream's tracks cannot be taken; nobody at first. Thread-safe. */
final class Objection {
  private volatile Function<Track, Optional<String>> words = track -> Optional.empty();

  /** Sets who says so, in words for the publisher; called from any thread. */
  void set(Function<Track, Optional<String>> newWords) {
    words = newWords;
  }

  /**
   * @throws UnsupportedMediaException when one of these tracks cannot be taken
   */
  void check(List<Track> wanted) {
    for (Track track : wanted) {
      words
          .apply(track)
          .ifPresent(
              reason -> {
                throw new UnsupportedMediaException(reason);
              });
    }
  }
}

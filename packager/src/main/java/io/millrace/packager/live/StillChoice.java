package io.millrace.packager.live;

import io.millrace.packager.presentation.Document;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Chooses the picture that stands for a stream among its last key frames: the newest that is not
 * much smaller than the others, because those are black, or nearly.
 */
final class StillChoice {
  private static final int REMEMBERED = 4;

  private record Still(Document file, int size) {}

  private final Deque<Still> stills = new ArrayDeque<>();
  private Optional<Document> chosen = Optional.empty();

  /**
   * @param size bytes of the picture
   */
  void add(Document file, int size) {
    stills.addLast(new Still(file, size));
    if (stills.size() > REMEMBERED) {
      stills.removeFirst();
    }
    int largest = 0;
    for (Still still : stills) {
      largest = Math.max(largest, still.size);
    }
    for (Still still : stills) {
      if (still.size * 2L >= largest) {
        chosen = Optional.of(still.file);
      }
    }
  }

  Optional<Document> chosen() {
    return chosen;
  }
}

package io.millrace.packager.live;

import io.millrace.packager.presentation.Still;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Chooses the picture that stands for a stream among its last key frames: the newest that is not
 * much smaller than the others, because those are black, or nearly.
 */
final class StillChoice {
  private static final int REMEMBERED = 4;

  private record Seen(Still still, int size) {}

  private final Deque<Seen> stills = new ArrayDeque<>();
  private Optional<Still> chosen = Optional.empty();

  /**
   * @param size bytes of the picture
   */
  void add(Still still, int size) {
    stills.addLast(new Seen(still, size));
    if (stills.size() > REMEMBERED) {
      stills.removeFirst();
    }
    int largest = 0;
    for (Seen seen : stills) {
      largest = Math.max(largest, seen.size);
    }
    for (Seen seen : stills) {
      if (seen.size * 2L >= largest) {
        chosen = Optional.of(seen.still);
      }
    }
  }

  Optional<Still> chosen() {
    return chosen;
  }
}

package io.millrace.packager.live;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Chooses the picture that stands for a stream among its last key frames: the newest that is not
 * much smaller than the others, because those are black, or nearly.
 */
final class StillChoice {
  private static final int REMEMBERED = 4;

  private final Deque<Buffer> stills = new ArrayDeque<>();
  private Optional<Buffer> chosen = Optional.empty();

  void add(Buffer still) {
    stills.addLast(still);
    if (stills.size() > REMEMBERED) {
      stills.removeFirst();
    }
    int largest = 0;
    for (Buffer candidate : stills) {
      largest = Math.max(largest, candidate.length());
    }
    for (Buffer candidate : stills) {
      if (candidate.length() * 2L >= largest) {
        chosen = Optional.of(candidate);
      }
    }
  }

  Optional<Buffer> chosen() {
    return chosen;
  }
}

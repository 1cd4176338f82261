package io.millrace.validator.walk;

import io.millrace.validator.hls.MediaPlaylist;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The versions of a playlist that were seen, of a long walk the newest. Any thread may use it. */
final class Versions {
  /** Segments in all kept versions together; older versions are given up beyond. */
  private static final int KEPT_SEGMENTS = 200_000;

  private final URI uri;
  private final Deque<MediaPlaylist> versions = new ArrayDeque<>();
  private int keptSegments;
  private volatile int count;

  Versions(URI uri) {
    this.uri = uri;
  }

  synchronized void keep(MediaPlaylist now) {
    versions.addLast(now);
    keptSegments += now.segments().size();
    while (keptSegments > KEPT_SEGMENTS && versions.size() > 1) {
      keptSegments -= versions.removeFirst().segments().size();
    }
    count++;
  }

  synchronized List<MediaPlaylist> all() {
    return List.copyOf(versions);
  }

  int count() {
    return count;
  }

  synchronized MediaPlaylist latest() {
    if (versions.isEmpty()) {
      throw new IllegalStateException("no version of " + uri + " seen yet");
    }
    return versions.getLast();
  }
}

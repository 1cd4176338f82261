package io.millrace.packager.live;

import java.time.Instant;
import java.util.List;

/**
 * Objects of segments that had left the playlists before a restart. Who has one of these playlists
 * may still ask for them (HLS B11); the origin finds them in the store by their names.
 */
final class DepartedSegments {
  private final Instant until;
  private List<String> keys;

  /**
   * @param keys of the objects
   * @param until when nobody can ask for them any more
   */
  DepartedSegments(List<String> keys, Instant until) {
    this.keys = List.copyOf(keys);
    this.until = until;
  }

  static DepartedSegments none() {
    return new DepartedSegments(List.of(), Instant.MIN);
  }

  /** Gives away those that nobody can ask for any more, once. */
  List<String> due(Instant now) {
    if (now.isBefore(until)) {
      return List.of();
    }
    List<String> due = keys;
    keys = List.of();
    return due;
  }
}

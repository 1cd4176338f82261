package io.millrace.packager.live;

import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.state.RecordedTail;
import java.util.List;
import java.util.Optional;

/**
 * What has been recorded of a broadcast by now.
 *
 * @param tail what is in no chunk yet; empty when the broadcast is not recorded
 * @param chunks names of those that are in the store, in order
 */
public record Recorded(Optional<RecordedTail> tail, List<String> chunks) {
  public Recorded {
    chunks = List.copyOf(chunks);
  }

  /** The same, if it is recorded, with cue points that its playlists still list. */
  Recorded with(RecordedCues listed) {
    return new Recorded(tail.map(known -> known.with(listed)), chunks);
  }

  /** Of a broadcast that is not recorded. */
  static Recorded nothing() {
    return new Recorded(Optional.empty(), List.of());
  }

  /** Of a broadcast that begins and is recorded. */
  static Recorded begun() {
    return new Recorded(Optional.of(RecordedTail.empty()), List.of());
  }
}

package io.millrace.media;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was last known of broadcasts that have ended, one for each stream. Thread-safe. */
final class EndedBroadcasts {
  private final int most;
  // The one that ended first goes first. Guarded by this.
  private final Map<StreamKey, EndedBroadcastHealth> ended = new LinkedHashMap<>();

  /**
   * @param most streams that are remembered
   */
  EndedBroadcasts(int most) {
    this.most = most;
  }

  synchronized void add(EndedBroadcastHealth broadcast) {
    StreamKey stream = broadcast.status().broadcast().stream();
    ended.remove(stream);
    ended.put(stream, broadcast);
    if (ended.size() > most) {
      ended.remove(ended.keySet().iterator().next());
    }
  }

  synchronized Optional<EndedBroadcastHealth> find(StreamKey stream) {
    return Optional.ofNullable(ended.get(stream));
  }
}

package io.millrace.ingest;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Connections that ended before they were let in as publishers: scanners, wrong keys, floods. Their
 * number is anybody's to choose, so the log gets one line about all of them every few seconds.
 * Thread-safe.
 */
public final class Strangers {
  private final Map<String, Integer> counts = new TreeMap<>();
  private String peer = "";
  private String message = "";

  /**
   * What happened since the last summary.
   *
   * @param counts by reason
   * @param peer the last one
   * @param message what the last one was told
   */
  record Summary(Map<String, Integer> counts, String peer, String message) {}

  /**
   * Notes one.
   *
   * @param reason a low-cardinality word
   * @param who the other side's address, and the stream where one was named
   * @param words what it was told
   */
  public synchronized void turnedAway(String reason, String who, String words) {
    counts.merge(reason, 1, Integer::sum);
    peer = who;
    message = words;
  }

  /** What is to be said; empty when nothing happened since the last time. */
  synchronized Optional<Summary> take() {
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    Summary summary = new Summary(Map.copyOf(counts), peer, message);
    counts.clear();
    return Optional.of(summary);
  }
}

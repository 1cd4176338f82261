package io.millrace.validator.walk;

import io.millrace.validator.Violation;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * D2 over all playlists of a presentation: where one of them needs a discontinuity, D4 wants it in
 * all. So it is needless only where every playlist goes on as if there were none. Any thread may
 * use it.
 */
final class Discontinuities {
  /** Of so many what some playlists showed waits for the others. */
  private static final int MOST = 256;

  private final TreeMap<Long, Map<URI, Optional<Violation>>> open = new TreeMap<>();

  /**
   * What is before and behind a discontinuity has been compared in one playlist.
   *
   * @param number its discontinuity sequence number
   * @param needless what is to be said where nothing changes there
   * @param lists all playlists that have the same discontinuities
   * @return what is to be said, once all have been compared
   */
  synchronized List<Violation> compared(
      URI list, long number, Optional<Violation> needless, Set<URI> lists) {
    Map<URI, Optional<Violation>> seen = open.computeIfAbsent(number, n -> new HashMap<>());
    seen.put(list, needless);
    if (open.size() > MOST) {
      open.pollFirstEntry();
    }
    if (!seen.keySet().containsAll(lists)) {
      return List.of();
    }
    open.remove(number);
    return seen.values().stream().allMatch(Optional::isPresent)
        ? seen.values().stream().flatMap(Optional::stream).toList()
        : List.of();
  }
}

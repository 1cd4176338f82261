package io.millrace.validator.walk;

import io.millrace.validator.Violation;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * D2 over all playlists of a presentation: where one of them needs a discontinuity, D4 wants it in
 * all. So it is needless only where every playlist that can tell goes on as if there were none. Any
 * thread may use it.
 */
final class Discontinuities {
  /** What a playlist shows of a discontinuity. */
  sealed interface Verdict {
    Verdict NEEDED = new Needed();
    Verdict UNKNOWN = new Unknown();

    /** Something changes there. */
    record Needed() implements Verdict {}

    /** Nothing changes there, and that is to be said. */
    record Needless(Violation violation) implements Verdict {}

    /** There is no media on both sides of it that could be compared. */
    record Unknown() implements Verdict {}
  }

  /** Of so many what some playlists showed waits for the others. */
  private static final int MOST = 256;

  private final TreeMap<Long, Map<URI, Verdict>> open = new TreeMap<>();
  private final Map<URI, Long> unknown = new HashMap<>();

  /**
   * A playlist has shown what it can of a discontinuity.
   *
   * @param number its discontinuity sequence number
   * @param lists all playlists that have the same discontinuities
   * @return what is to be said, once all have
   */
  synchronized List<Violation> shown(URI list, long number, Verdict verdict, Set<URI> lists) {
    Map<URI, Verdict> seen = open.computeIfAbsent(number, n -> new HashMap<>());
    seen.put(list, verdict);
    if (verdict instanceof Verdict.Unknown) {
      unknown.merge(list, 1L, Long::sum);
    }
    if (open.size() > MOST) {
      open.pollFirstEntry();
    }
    if (!seen.keySet().containsAll(lists)) {
      return List.of();
    }
    open.remove(number);
    return needless(seen);
  }

  /**
   * What is to be said of the discontinuities that not all have shown, if some never will.
   *
   * @param telling the playlists that will still show theirs
   */
  synchronized List<Violation> unfinished(Set<URI> telling) {
    List<Violation> violations = new ArrayList<>();
    for (Map<URI, Verdict> seen : open.values()) {
      if (seen.keySet().containsAll(telling)) {
        violations.addAll(needless(seen));
      }
    }
    return violations;
  }

  /**
   * What could not be compared, in words.
   *
   * @param lists as in {@link #shown}
   */
  synchronized List<String> uncompared(Set<URI> lists) {
    List<String> notes = new ArrayList<>();
    for (URI list : lists) {
      long silent = open.values().stream().filter(seen -> !seen.containsKey(list)).count();
      long count = silent + unknown.getOrDefault(list, 0L);
      if (count > 0) {
        notes.add(
            "%s: at %d of the discontinuities there was no media to compare (D2)"
                .formatted(list, count));
      }
    }
    return notes;
  }

  private static List<Violation> needless(Map<URI, Verdict> seen) {
    List<Violation> violations = new ArrayList<>();
    for (Verdict verdict : seen.values()) {
      switch (verdict) {
        case Verdict.Needed _ -> {
          return List.of();
        }
        case Verdict.Needless needless -> violations.add(needless.violation());
        case Verdict.Unknown _ -> {}
      }
    }
    return violations;
  }
}

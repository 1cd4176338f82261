package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.DateRange;
import io.millrace.validator.hls.MediaPlaylist;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * S1 over the playlists of a presentation: those that have date ranges have the same. They are
 * never read at the same moment, so only what stays different is told. Any thread may use it.
 */
final class DateRangeSets {
  private static final double NANOS = 1e9;

  /** So many target durations may one playlist be behind another. */
  private static final int BEHIND = 2;

  private final Map<String, Long> since = new HashMap<>();

  /**
   * Compares the newest versions with the first that has date ranges.
   *
   * @param lists by address
   * @param nanos now, by a monotonic clock
   */
  synchronized List<Violation> compare(Map<String, MediaPlaylist> lists, long nanos) {
    List<Violation> violations = new ArrayList<>();
    Map<String, MediaPlaylist> dated = new TreeMap<>(lists);
    dated.values().removeIf(list -> list.dateRanges().isEmpty());
    Set<String> different = new HashSet<>();
    if (!dated.isEmpty()) {
      var entries = new ArrayList<>(dated.entrySet());
      Map<String, DateRange> first =
          DateRange.consolidated(entries.getFirst().getValue().dateRanges());
      for (var entry : entries.subList(1, entries.size())) {
        Map<String, DateRange> own = DateRange.consolidated(entry.getValue().dateRanges());
        Set<String> ids = new HashSet<>(first.keySet());
        ids.addAll(own.keySet());
        for (String id : ids) {
          if (!same(first.get(id), own.get(id))) {
            String key = entry.getKey() + " " + id;
            different.add(key);
            double seconds = (nanos - since.computeIfAbsent(key, k -> nanos)) / NANOS;
            if (seconds > BEHIND * entry.getValue().targetDuration()) {
              violations.add(
                  new Violation(
                      Rule.S1,
                      entry.getKey(),
                      "date range %s is not that of %s"
                          .formatted(id, entries.getFirst().getKey())));
            }
          }
        }
      }
    }
    since.keySet().retainAll(different);
    return violations;
  }

  private static boolean same(@Nullable DateRange one, @Nullable DateRange other) {
    return one != null
        && other != null
        && one.attributes().values().equals(other.attributes().values());
  }
}

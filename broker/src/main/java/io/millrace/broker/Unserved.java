package io.millrace.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The namespaces that are not served as the log has told, and when each is tried again: twice as
 * late each time, since a try may hold up for seconds whatever else is asked of the log. Times are
 * milliseconds of any clock that only goes on. Thread-safe.
 */
final class Unserved {
  static final long FIRST_PAUSE_MILLIS = 500;
  static final long LONGEST_PAUSE_MILLIS = 60_000;
  private static final long UNDER_WAY = Long.MAX_VALUE;

  private record Try(long dueAt, long pause, boolean isFirst) {}

  private final Map<String, Try> tries = new ConcurrentHashMap<>();

  /** Something new is told of a namespace, and it is tried right now. */
  void begin(String name) {
    tries.put(name, new Try(UNDER_WAY, FIRST_PAUSE_MILLIS, true));
  }

  /** It is to be tried when it is asked for. */
  void add(String name) {
    tries.put(name, new Try(Long.MIN_VALUE, FIRST_PAUSE_MILLIS, true));
  }

  /** It is served as it was told last. */
  void remove(String name) {
    tries.remove(name);
  }

  /** Those whose time has come; none of them again before it {@linkplain #failed has failed}. */
  List<String> due(long now) {
    List<String> due = new ArrayList<>();
    tries.replaceAll(
        (name, its) -> {
          if (its.dueAt > now) {
            return its;
          }
          due.add(name);
          return new Try(UNDER_WAY, its.pause, its.isFirst);
        });
    return due;
  }

  /**
   * It could not be served.
   *
   * @return whether for the first time since it was told
   */
  boolean failed(String name, long now) {
    Try before = tries.get(name);
    tries.computeIfPresent(
        name,
        (its, one) ->
            new Try(now + one.pause, Math.min(2 * one.pause, LONGEST_PAUSE_MILLIS), false));
    return before != null && before.isFirst;
  }
}

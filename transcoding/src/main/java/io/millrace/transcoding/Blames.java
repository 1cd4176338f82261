package io.millrace.transcoding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sources whose pictures have ended the child that made them, and until when nothing is made of
 * them: ten seconds at first, twice as long each time, until a picture of theirs is made. For one
 * thread.
 */
final class Blames {
  private static final long FIRST_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long LONGEST_NANOS = Duration.ofMinutes(10).toNanos();

  /** The oldest is forgotten for more. */
  private static final int MOST = 1_000;

  private record Blame(long pauseNanos, long untilNanos) {}

  private final Map<String, Blame> blamed = new LinkedHashMap<>();

  /** Whether nothing is made of a source now. */
  boolean refuses(String source, long now) {
    Blame blame = blamed.get(source);
    return blame != null && blame.untilNanos - now > 0;
  }

  /**
   * A picture of it has ended the child.
   *
   * @return how long nothing is made of it
   */
  Duration add(String source, long now) {
    Blame before = blamed.remove(source);
    long pause = before == null ? FIRST_NANOS : Math.min(LONGEST_NANOS, 2 * before.pauseNanos);
    blamed.put(source, new Blame(pause, now + pause));
    if (blamed.size() > MOST) {
      blamed.remove(blamed.keySet().iterator().next());
    }
    return Duration.ofNanos(pause);
  }

  /** A picture of it has been made, or refused in good health. */
  void clear(String source) {
    blamed.remove(source);
  }
}

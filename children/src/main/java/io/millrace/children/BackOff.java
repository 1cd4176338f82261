package io.millrace.children;

import java.time.Duration;

/** How long to wait before the next start: at first hardly, then twice as long each time. */
public final class BackOff {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** What has run for this long starts with the shortest pause again. */
  private static final Duration WELL = Duration.ofSeconds(30);

  private Duration next = SHORTEST;

  /**
   * @param ran how long the run that has just ended was ready; zero when it never was
   */
  public Duration afterRun(Duration ran) {
    if (ran.compareTo(WELL) >= 0) {
      next = SHORTEST;
    }
    Duration pause = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    return pause;
  }
}

package io.millrace.packager;

import java.time.Duration;
import java.time.Instant;

/** A moment of what has been recorded. */
public sealed interface ClipMoment {
  /**
   * So far behind its beginning; or, where it is negative, before its end.
   *
   * @param offset no longer than a year
   */
  record Offset(Duration offset) implements ClipMoment {}

  /** What was sent at that time. */
  record Date(Instant date) implements ClipMoment {}
}

package io.millrace.validator.hls;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.List;

/**
 * B8: a live playlist gets a new segment within one and a half target durations. Judges by what is
 * certain: an answer without a new segment was asked for at some time, and the one that brought the
 * last new segment was complete at another, so the list was at least that long the same. Times are
 * of one monotonic clock. Pure.
 */
public final class StalenessRules {
  /** Caches may keep a list for a second. */
  private static final double CACHED_SECONDS = 1;

  private static final double NANOS = 1e9;

  private final String where;
  private long updatedNanos = -1;
  private double staleSeconds;

  public StalenessRules(String where) {
    this.where = where;
  }

  /** Notes an answer without a new segment. */
  public void unchanged(long sentNanos) {
    if (updatedNanos >= 0) {
      staleSeconds = Math.max(staleSeconds, (sentNanos - updatedNanos) / NANOS);
    }
  }

  /**
   * Notes an answer with a new segment and judges the time before it. The silence before ENDLIST is
   * none of a live playlist: whether the encoder comes back is not known until then.
   */
  public List<Violation> updated(long receivedNanos, boolean ended, long targetSeconds) {
    List<Violation> violations = ended ? List.of() : judge(targetSeconds);
    updatedNanos = receivedNanos;
    staleSeconds = 0;
    return violations;
  }

  /** Judges the time since the last new segment, at the end of a walk. */
  public List<Violation> judge(long targetSeconds) {
    return staleSeconds <= targetSeconds * 1.5 + CACHED_SECONDS
        ? List.of()
        : List.of(
            new Violation(
                Rule.B8,
                where,
                "no new segment for %.1f s, the target duration is %d"
                    .formatted(staleSeconds, targetSeconds)));
  }
}

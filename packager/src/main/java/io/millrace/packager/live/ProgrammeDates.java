package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.media.ClockMap;
import io.millrace.packager.cue.CueClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Dates the segments of one broadcast. A segment's date is made when it is asked for first, which
 * may be with its first part, and stays (HLS L8). Confined to the broadcast's home context.
 */
final class ProgrammeDates implements CueClock {
  private static final Duration MOST_OVERLAP = Duration.ofMillis(500);

  /** Rungs are not further behind than that. */
  private static final int REMEMBERED = 64;

  private record Dated(long msn, Instant date) {}

  private record Start(long mediaNanos, Instant date) {}

  private final Broadcast broadcast;
  private final Map<RenditionLog, Dated> newest = new HashMap<>();

  /** Where the source's newest segments start. */
  private final TreeMap<Long, Start> starts = new TreeMap<>();

  private ClockMap.@Nullable Anchor anchor;
  private Duration lateness = Duration.ZERO;
  private long latenessSince = -1;

  ProgrammeDates(Broadcast broadcast) {
    this.broadcast = broadcast;
  }

  /** What is cut from now on belongs to the clock map's last run. */
  void startRun(ClockMap clock) {
    if (!clock.anchors().isEmpty()) {
      anchor = clock.anchors().getLast();
    }
  }

  /**
   * When a segment starts by the wall clock. A rung's start as those of the source did, whatever
   * the clock map says by the time that they come (HLS D5).
   *
   * @param discontinuity whether it does not continue the one before
   */
  Instant of(RenditionLog log, long msn, long mediaNanos, boolean discontinuity) {
    Dated known = newest.get(log);
    if (known != null && known.msn == msn) {
      return known.date;
    }
    Start beside = log.info().isRung() ? starts.get(msn) : null;
    if (beside != null) {
      return dated(log, msn, beside.date.plusNanos(mediaNanos - beside.mediaNanos));
    }
    if (discontinuity && msn != latenessSince) {
      latenessSince = msn;
      lateness = overlap(log, runWallAt(mediaNanos));
    }
    Instant date = wallAt(mediaNanos);
    starts.putIfAbsent(msn, new Start(mediaNanos, date));
    if (starts.size() > REMEMBERED) {
      starts.pollFirstEntry();
    }
    return dated(log, msn, date);
  }

  private Instant dated(RenditionLog log, long msn, Instant date) {
    newest.put(log, new Dated(msn, date));
    return date;
  }

  /**
   * By how much media is dated before the end of what is listed. A publisher that stalled and then
   * sends what it had kept is behind the gaps that stand for it: dates may overlap by less than a
   * second only (HLS D6).
   */
  private static Duration overlap(RenditionLog log, Instant date) {
    Duration overlap = log.end().map(end -> Duration.between(date, end)).orElse(Duration.ZERO);
    return overlap.compareTo(MOST_OVERLAP) > 0 ? overlap : Duration.ZERO;
  }

  /** As what is cut from now on is dated. */
  @Override
  public Instant wallAt(long mediaNanos) {
    return runWallAt(mediaNanos).plus(lateness);
  }

  @Override
  public long mediaAt(Instant date) {
    return Duration.between(wallAt(0), date).toNanos();
  }

  /** By the run's own anchor, so that dates agree with durations within a run (HLS D6). */
  private Instant runWallAt(long mediaNanos) {
    ClockMap.Anchor run = anchor;
    return run == null
        ? broadcast.startedAt().plusNanos(mediaNanos)
        : run.wall().plusNanos(mediaNanos - run.mediaNanos());
  }
}

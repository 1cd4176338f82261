package io.millrace.packager.segment;

import io.millrace.media.Sample;

/**
 * Cuts the leader of one broadcast, brings the others after it, and so counts the media sequence
 * numbers. Each cut closes a segment of the leader; where nothing came for it, it is a gap.
 */
final class LeaderCuts {
  /** How far sound in the leader's files may end behind the leader (HLS F1). */
  private static final long TAIL_NANOS = 300_000_000L;

  private final TrackLines lines;
  private final TargetDuration target;
  private final OpenCuts openCuts;
  private final ArrivalClock clock;
  private long nextMsn;
  private long cutNanos;
  private long cutWallNanos;

  /** How far the wall's time is used up by what was cut where the leader was missing. */
  private long coveredWallNanos;

  /**
   * @param clock of all tracks
   * @param nextMsn number of the next segment
   */
  LeaderCuts(
      TrackLines lines,
      TargetDuration target,
      ArrivalClock clock,
      long nextMsn,
      boolean listsParts) {
    this.lines = lines;
    this.target = target;
    this.clock = clock;
    this.openCuts = new OpenCuts(lines, target, clock, listsParts);
    this.nextMsn = nextMsn;
  }

  /** The number of the leader's open segment. */
  long nextMsn() {
    return nextMsn;
  }

  /** Leaves out one media sequence number. */
  void skip() {
    counted();
  }

  /** Whether every line whose samples come in time has made the leader's last cut. */
  boolean areSettled() {
    return lines.onTimeHaveClosed(nextMsn - 1);
  }

  /** Brings the other tracks as far as the cuts so far allow. */
  void settle() {
    openCuts.settle(nextMsn);
  }

  /** Closes all segments with what has come; nobody is waited for. */
  void finish(TrackLine lead, long runStartNanos) {
    closeOverrun(lead, runStartNanos);
    openCuts.settleAll(nextMsn);
    if (lines.haveAnything()) {
      finishSegments(lead, runStartNanos);
    }
  }

  /** Whole segments, while so much time has passed to a sample. */
  void cutToLimit(TrackLine lead, long ticks) {
    while (lead.timescale().toNanos(ticks - lead.startTicks()) > target.longestNanos()) {
      target.choose(target.limitNanos());
      cut(lead, endOf(lead));
    }
  }

  /**
   * The leader is no longer waited for where another line is further past its open segment than the
   * leader is known to be late, or where so much has come since its last cut that the next one is
   * due, be it inside a group of pictures: it has stopped, or begins to come late (HLS B8). But as
   * long as no time has passed, the others have only come in a burst; and of what they are ahead by
   * no more becomes gaps than so much time covers.
   */
  void cutWhereMissing(TrackLine lead, TrackLine line) {
    boolean passed = hasTimePassedSince(cutWallNanos);
    if (!passed) {
      return;
    }
    Sample last = line.lastWaiting();
    while (passed
        && last != null
        && line.presentationNanos(last) - lead.toNanos(lead.startTicks())
            > dueNanos(lead) + lead.lateness().known()) {
      cutMissing(lead);
      passed = hasTimePassedSince(coveredWallNanos);
    }
    if (clock.nanos() - cutNanos > dueNanos(lead)) {
      cutMissing(lead);
    }
  }

  private long dueNanos(TrackLine lead) {
    return target.dueNanos(lead.timescale().toNanos(lead.step()));
  }

  private void cutMissing(TrackLine lead) {
    long start = lead.toNanos(lead.startTicks());
    long covered = Math.max(coveredWallNanos, clock.startWallNanos());
    target.choose(target.limitNanos());
    cut(lead, endOfMissing(lead), false);
    covered += lead.toNanos(lead.startTicks()) - start;
    coveredWallNanos = Math.min(covered, clock.wallNanos());
  }

  /**
   * It is not known how long the leader's last picture lasts. Where more come, it is the first one
   * of the next segment; else it ends as early as it may, or what comes again would find its time
   * listed.
   */
  private long endOfMissing(TrackLine lead) {
    Sample last = lead.lastWaiting();
    if (last == null) {
      return endOf(lead);
    }
    if (last.dts() > lead.startTicks()
        && !lead.lateness().isSilentFor(target.patienceNanos(), clock.nanos())) {
      return last.dts();
    }
    return lead.isVideo() ? lead.earliestEndTicks() : lead.endTicks();
  }

  /** Less than media says, which may come a little faster than it lasts. */
  private boolean hasTimePassedSince(long wallNanos) {
    long since = Math.max(wallNanos, clock.startWallNanos());
    return clock.wallNanos() - since > target.limitNanos() + target.patienceNanos() / 2;
  }

  /** The open segment has got its number: from now on the next one has as much time as any. */
  private void counted() {
    nextMsn++;
    cutNanos = clock.nanos();
    cutWallNanos = clock.wallNanos();
    coveredWallNanos = cutWallNanos;
  }

  /** Where the open segment ends when nothing more comes for it: with its media, or as a gap. */
  private long endOf(TrackLine lead) {
    return lead.hasNothing()
        ? lines.gapEnd(lead, lead.startTicks() + lead.timescale().ofNanos(gapNanos(lead)))
        : lead.endTicks();
  }

  private long gapNanos(TrackLine lead) {
    return lead.lateness().isComingLate(clock.nanos())
        ? TrackLine.LEAST_NANOS
        : target.limitNanos();
  }

  /**
   * Ends the leader's open segment.
   *
   * @param boundary in the leader's ticks
   */
  void cut(TrackLine lead, long boundary) {
    cut(lead, boundary, true);
  }

  /**
   * @param waits whether those are waited for that have not made the cut and are not known to be
   *     late
   */
  private void cut(TrackLine lead, long boundary, boolean waits) {
    long start = lead.toNanos(lead.startTicks());
    lead.segments().closeAtTicks(boundary);
    counted();
    // Where it was cut may be earlier than wanted.
    long nanos = lead.toNanos(lead.startTicks());
    openCuts.add(nanos, waits ? target.waitNanos(nanos - start) : 0);
    settle();
  }

  /**
   * Another track may reach further than the leader: whole segments of it first, and where it is in
   * the leader's files, what is left of it too.
   */
  private void closeOverrun(TrackLine lead, long runStartNanos) {
    long end = lead.endNanos();
    for (TrackLine line : lines) {
      if (line != lead && line.lastWaiting() != null) {
        end = Math.max(end, line.endNanos());
      }
    }
    while (end - lead.toNanos(lead.startTicks()) > target.longestNanos()) {
      target.choose(target.limitNanos());
      cut(lead, endOf(lead));
    }
    if (!lead.hasNothing() && lines.sharedEnd(lead) - lead.endNanos() > TAIL_NANOS) {
      target.choose(end - runStartNanos);
      cut(lead, endOf(lead));
    }
    if (lead.hasNothing()) {
      long latest = lead.ticksAt(end);
      long boundary = lines.gapEnd(lead, latest);
      if (boundary < latest) {
        target.choose(end - runStartNanos);
        cut(lead, boundary);
      }
    }
  }

  /** Every line ends with the same number, whether or not it is ahead by some. */
  private void finishSegments(TrackLine lead, long runStartNanos) {
    long end = lead.endNanos();
    for (TrackLine line : lines) {
      if (line != lead) {
        end = Math.max(end, line.hasNothing() ? end : line.endNanos());
        line.segments().takeAll();
      }
    }
    target.choose(end - runStartNanos);
    while (nextMsn < lines.furthestMsn()) {
      cut(lead, splitOf(lead, end));
    }
    openCuts.settleAll(nextMsn);
    lead.segments().closeWithEverything(end);
    for (TrackLine line : lines) {
      if (line != lead) {
        line.segments().closeWithEverything(end);
      }
    }
    counted();
  }

  /** Where one segment of the leader becomes two: before its last sample, or else in its gap. */
  private static long splitOf(TrackLine lead, long endNanos) {
    Sample last = lead.lastWaiting();
    if (last != null && last.dts() > lead.startTicks()) {
      return last.dts();
    }
    long whole = lead.timescale().ofNanos(endNanos - lead.toNanos(lead.startTicks()));
    return lead.startTicks() + Math.max(1, whole / 2);
  }
}

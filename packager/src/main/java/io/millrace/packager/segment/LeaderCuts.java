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
  private long nextMsn;

  /**
   * @param clock of all tracks
   * @param nextMsn number of the next segment
   */
  LeaderCuts(TrackLines lines, TargetDuration target, ArrivalClock clock, long nextMsn) {
    this.lines = lines;
    this.target = target;
    this.openCuts = new OpenCuts(lines, target, clock);
    this.nextMsn = nextMsn;
  }

  /** The number of the leader's open segment. */
  long nextMsn() {
    return nextMsn;
  }

  /** Leaves out one media sequence number. */
  void skip() {
    nextMsn++;
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

  /** The leader is no longer waited for where another line is well past its open segment. */
  void cutWhereMissing(TrackLine lead, TrackLine line) {
    Sample last = line.lastWaiting();
    while (last != null
        && line.presentationNanos(last)
            > lead.toNanos(lead.startTicks()) + target.limitNanos() + target.patienceNanos()) {
      target.choose(target.limitNanos());
      cut(lead, endOf(lead));
    }
  }

  /** Where the open segment ends when nothing more comes for it: with its media, or as a gap. */
  private long endOf(TrackLine lead) {
    return lead.hasNothing()
        ? lines.gapEnd(lead, lead.startTicks() + lead.timescale().ofNanos(target.limitNanos()))
        : lead.endTicks();
  }

  /**
   * Ends the leader's open segment.
   *
   * @param boundary in the leader's ticks
   */
  void cut(TrackLine lead, long boundary) {
    long start = lead.toNanos(lead.startTicks());
    lead.closeAtTicks(boundary);
    nextMsn++;
    // Where it was cut may be earlier than wanted.
    long nanos = lead.toNanos(lead.startTicks());
    openCuts.add(nanos, nanos - start);
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
        line.takeAll();
      }
    }
    target.choose(end - runStartNanos);
    while (nextMsn < lines.furthestMsn()) {
      cut(lead, splitOf(lead, end));
    }
    openCuts.settleAll(nextMsn);
    lead.closeWithEverything(end);
    for (TrackLine line : lines) {
      if (line != lead) {
        line.closeWithEverything(end);
      }
    }
    nextMsn++;
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

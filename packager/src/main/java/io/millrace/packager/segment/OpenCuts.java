package io.millrace.packager.segment;

import io.millrace.media.Sample;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The cuts of the leader that other lines have not made yet. A line makes one when it has a sample
 * at or behind it, or when so much has come since that it is not waited for any more.
 */
final class OpenCuts {
  /**
   * One of them.
   *
   * @param nanos in presentation time
   * @param madeNanos when it was made, as {@link ArrivalClock} counts
   * @param lateNanos by then nobody is waited for any more who is not known to be late
   */
  private record OpenCut(long nanos, long madeNanos, long lateNanos) {}

  private final TrackLines lines;
  private final TargetDuration target;
  private final ArrivalClock clock;
  private final boolean listsParts;
  private final Deque<OpenCut> cuts = new ArrayDeque<>();
  private long lastMadeNanos;

  /**
   * @param listsParts whether sound that is away must not wait for a segment's end
   */
  OpenCuts(TrackLines lines, TargetDuration target, ArrivalClock clock, boolean listsParts) {
    this.listsParts = listsParts;
    this.lines = lines;
    this.target = target;
    this.clock = clock;
  }

  /**
   * The leader was cut.
   *
   * @param nanos in presentation time
   * @param waitNanos how much may come before those are no longer waited for that have not made the
   *     cut and are not known to be late
   */
  void add(long nanos, long waitNanos) {
    long made = clock.nanos();
    lastMadeNanos = made;
    cuts.add(new OpenCut(nanos, made, made + waitNanos));
  }

  /**
   * Brings the other tracks as far as the leader's cuts allow.
   *
   * @param nextMsn the number of the leader's open segment
   */
  void settle(long nextMsn) {
    settle(nextMsn, false);
  }

  /** The same, and nobody is waited for. */
  void settleAll(long nextMsn) {
    settle(nextMsn, true);
  }

  private void settle(long nextMsn, boolean everything) {
    TrackLine lead = lines.leader();
    if (lead == null) {
      return;
    }
    long frontier = frontier(lead);
    for (TrackLine line : lines) {
      if (line != lead) {
        bring(line, nextMsn, frontier, everything ? lead.endNanos() : Long.MAX_VALUE);
      }
    }
    while (!cuts.isEmpty() && lines.haveClosed(nextMsn - cuts.size())) {
      cuts.removeFirst();
    }
  }

  /**
   * @param endNanos where the leader ends; {@link Long#MAX_VALUE} while it goes on
   */
  private void bring(TrackLine line, long nextMsn, long frontier, long endNanos) {
    boolean isEnd = endNanos != Long.MAX_VALUE;
    long msn = nextMsn - cuts.size();
    for (OpenCut cut : cuts) {
      if (line.nextMsn() <= msn) {
        long until = line.lateness().awaitedUntil(cut.madeNanos, cut.lateNanos);
        boolean late =
            !line.isPresent()
                || clock.nanos() > until
                || goesOnInSilence(line, cut.nanos, frontier);
        if (!isEnd && !late && !line.hasReached(cut.nanos)) {
          break;
        }
        // What is in the leader's files makes no gap beside it.
        boolean isLast = isEnd && msn == nextMsn - 1 && line.role() == TrackLine.Role.FOLLOWS;
        LineSegments segments = line.segments();
        segments.closeAtTime(
            msn,
            isLast ? segments.lastCutNanos(cut.nanos, endNanos) : cut.nanos,
            isEnd || line.lateness().isAway(clock.nanos()),
            !isEnd
                && line.role() == TrackLine.Role.FOLLOWS
                && line.lateness().isComingLate(clock.nanos()));
        line.lateness().written(clock.nanos() + target.updateNanos());
      }
      msn++;
    }
    if (line.nextMsn() >= nextMsn) {
      line.segments().takeBefore(frontier);
      if (!isEnd) {
        goesOnInSilence(line, Long.MAX_VALUE, frontier);
      }
    }
    line.segments().noteUpdate(clock.nanos());
    if (!isEnd && line.nextMsn() >= nextMsn && isOverdue(line)) {
      line.segments().closeAhead();
      line.segments().noteUpdate(clock.nanos());
    }
  }

  /**
   * Whether a line that was ahead by a number has had no update of its own by the leader's last
   * cut, and the next one would come too late for it (HLS B8).
   */
  private boolean isOverdue(TrackLine line) {
    long updated = line.segments().updatedNanos();
    return line.role() == TrackLine.Role.FOLLOWS
        && updated < lastMadeNanos
        && clock.nanos() - updated > target.updateNanos();
  }

  /**
   * Players that follow parts have the sound of a second or two at most, so what is away is not
   * waited for until a segment's end: it is silence as far as the leader is ahead by more than the
   * track is known to be late.
   *
   * @param cutNanos where its open segment ends, if that is known
   * @return whether there is silence up to there
   */
  private boolean goesOnInSilence(TrackLine line, long cutNanos, long frontier) {
    long patience = line.lateness().patienceForParts();
    if (!listsParts || !line.isPresent() || !line.lateness().isSilentFor(patience, clock.nanos())) {
      return false;
    }
    long until = frontier - patience;
    return line.segments().fillAhead(Math.min(until, cutNanos)) && until >= cutNanos;
  }

  /** No later cut can be before this time. */
  static long frontier(TrackLine lead) {
    Sample last = lead.lastWaiting();
    return lead.toNanos(last == null ? lead.startTicks() : last.dts());
  }
}

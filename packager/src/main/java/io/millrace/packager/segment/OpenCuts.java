package io.millrace.packager.segment;

import io.millrace.media.Sample;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The cuts of the leader that other lines have not made yet. A line makes one when it has a sample
 * at or behind it, or when the leader has come so far that nobody is waited for any more.
 */
final class OpenCuts {
  /**
   * One of them.
   *
   * @param lateNanos when the leader has come so far, nobody is waited for any more
   */
  private record OpenCut(long nanos, long lateNanos) {}

  private final TrackLines lines;
  private final Deque<OpenCut> cuts = new ArrayDeque<>();

  OpenCuts(TrackLines lines) {
    this.lines = lines;
  }

  /** The leader was cut, all times in presentation time. */
  void add(long nanos, long lateNanos) {
    cuts.add(new OpenCut(nanos, lateNanos));
  }

  /** Whether every line has made the leader's last cut. */
  boolean isEmpty() {
    return cuts.isEmpty();
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
        boolean late = !line.isPresent() || frontier > cut.lateNanos;
        if (!isEnd && !late && !line.hasReached(cut.nanos)) {
          break;
        }
        boolean isLast = isEnd && msn == nextMsn - 1;
        line.closeAtTime(msn, isLast ? line.lastCutNanos(cut.nanos, endNanos) : cut.nanos);
      }
      msn++;
    }
    if (line.nextMsn() >= nextMsn) {
      line.takeBefore(frontier);
    }
  }

  /** No later cut can be before this time. */
  private static long frontier(TrackLine lead) {
    Sample last = lead.lastWaiting();
    return lead.toNanos(last == null ? lead.startTicks() : last.dts());
  }
}

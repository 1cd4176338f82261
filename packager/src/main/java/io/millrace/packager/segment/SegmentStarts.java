package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import org.jspecify.annotations.Nullable;

/**
 * Says which of the leader's pictures start segments, as they come: a cut is made before the first
 * picture behind it goes any further, so whoever makes rungs of the pictures can be told in time. A
 * cut that is made later, of pictures that others wait for in vain, is not told of. Pure.
 */
public final class SegmentStarts implements LeaderTap.Follower {
  private @Nullable LeadSegment closed;
  private @Nullable Track track;
  private long lastTicks = Long.MIN_VALUE;
  private long stepTicks;

  @Override
  public void extended(LeadSegment open) {}

  @Override
  public void cut(LeadSegment segment) {
    closed = segment;
  }

  /**
   * The leader's next picture, which has been cut before.
   *
   * @return whether a segment starts with it
   */
  public boolean isStart(Sample picture, Track of) {
    if (!of.equals(track)) {
      track = of;
      lastTicks = Long.MIN_VALUE;
      stepTicks = 0;
    }
    long before = lastTicks;
    if (before != Long.MIN_VALUE && picture.dts() > before) {
      stepTicks = picture.dts() - before;
    }
    lastTicks = picture.dts();
    LeadSegment cut = closed;
    if (cut == null) {
      return false;
    }
    // Where it follows a gap it may be moved by half a step.
    long start = Timescale.rescale(cut.endTicks(), cut.timescale(), of.timescale()) - stepTicks / 2;
    if (picture.dts() < start) {
      return false;
    }
    closed = null;
    return before < start;
  }
}

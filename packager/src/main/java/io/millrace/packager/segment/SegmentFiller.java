package io.millrace.packager.segment;

import io.millrace.media.Sample;
import java.util.function.LongSupplier;

/**
 * Puts the samples of one line into its open segment, and ends it before where the samples ask for
 * that: in files of their own they decide where segments start and end.
 */
final class SegmentFiller {
  /** How many numbers a line may be ahead of the leader because of what its own samples ask for. */
  private static final int MOST_AHEAD = 8;

  private final SegmentFormat format;
  private final OpenSegment segment;
  private final WaitingSamples waiting;
  private final LongSupplier leaderMsn;
  private long lastTicks;

  /** To where the open segment is filled ahead of what may still come. */
  private long filledNanos = Long.MIN_VALUE;

  private long dropped;

  /**
   * @param waiting the line's, which say how far samples are apart
   * @param leaderMsn the number of the leader's open segment
   */
  SegmentFiller(
      OpenSegment segment, WaitingSamples waiting, LongSupplier leaderMsn, SegmentFormat format) {
    this.segment = segment;
    this.waiting = waiting;
    this.leaderMsn = leaderMsn;
    this.format = format;
  }

  /** Samples that came when a gap or silence was listed in their place. */
  long dropped() {
    return dropped;
  }

  /** Puts a sample into files that it has for itself. */
  void putOwn(Sample sample, long duration) {
    long step = waiting.step();
    if (isTooLate(sample, step) || segment.toNanos(sample.dts() + step / 2) < filledNanos) {
      dropped++;
    } else if (segment.fills() && !(segment.isEmpty() && segment.startsFreely())) {
      putBehindListed(sample, fillUpTo(sample, duration, step), step);
    } else if (segment.msn() - leaderMsn.getAsLong() < MOST_AHEAD) {
      putBehindListed(sample, makeRoom(sample, duration, step), step);
    } else {
      putBehindListed(sample, stayNear(sample, duration, step), step);
    }
  }

  /**
   * A segment starts where the one before it ended, to the tick (HLS D1, D6): its first sample is
   * moved there by what is negligible, and its end stays.
   */
  private void putBehindListed(Sample sample, long duration, long step) {
    long end = segment.endTicks();
    long behind = end - sample.dts();
    boolean joins =
        segment.isEmpty() ? !segment.startsFreely() : segment.toNanos(end) == filledNanos;
    if (joins && behind != 0 && Math.abs(behind) <= step / 2) {
      put(
          new Sample(
              sample.track(), end, sample.compositionOffset(), sample.sync(), sample.payload()),
          Math.max(0, duration - behind));
    } else {
      put(sample, duration);
    }
  }

  /**
   * Fills the open segment with whole frames, as far as sound is missing before a time. What comes
   * of that time later is dropped.
   */
  void fillAhead(long untilTicks) {
    long frame = waiting.frame();
    long missing = (segment.boundary(untilTicks) - segment.endTicks()) / frame;
    if (missing > 0 && segment.fills() && !(segment.isEmpty() && segment.startsFreely())) {
      segment.fillTo(segment.endTicks() + missing * frame);
      filledNanos = segment.toNanos(segment.endTicks());
      lastTicks = segment.endTicks() - frame;
    }
  }

  /** What comes from now on is of another timeline. */
  void beginRun() {
    filledNanos = Long.MIN_VALUE;
  }

  /** Puts a sample into files that are cut by the leader's samples. */
  void put(Sample sample, long duration) {
    lastTicks = sample.dts();
    segment.add(sample, duration);
  }

  /**
   * Closes the open segment, whose samples before another track's cut are in it.
   *
   * @param isOver whether nothing more is expected before the cut, whatever has come behind it
   * @param isComing whether what is missing before the cut is expected behind it
   * @param fills whether what is missing is filled
   */
  void closeAtCut(long cutNanos, boolean isOver, boolean isComing, boolean fills) {
    Sample next = waiting.first();
    // A time without samples ends with the next frame, or else with the cut itself.
    boolean snaps = next != null && waiting.nanosOf(next) - cutNanos <= TrackLine.SNAP_NANOS;
    long boundary = snaps && next != null ? next.dts() : segment.ticksAt(cutNanos);
    if (!segment.isEmpty()) {
      closeBehindSamples(isOver || next != null ? boundary : endTicks(), fills);
    } else if (isComing && next == null) {
      long least = segment.ticksAt(segment.toNanos(segment.startTicks()) + TrackLine.LEAST_NANOS);
      segment.close(Math.min(boundary, least));
    } else {
      segment.close(boundary);
    }
  }

  /** Closes the open segment where everything ends. */
  void closeAtEnd(long endNanos, boolean fills) {
    if (segment.isEmpty()) {
      segment.close(segment.ticksAt(endNanos));
    } else {
      closeBehindSamples(segment.ticksAt(endNanos), fills);
    }
  }

  /** With its samples, unless a pause behind them is filled. */
  private void closeBehindSamples(long wanted, boolean fills) {
    long end = endTicks();
    if (fills && waiting.isPause(wanted - end)) {
      segment.closeFilled(wanted);
    } else {
      segment.close(end);
    }
  }

  /**
   * Where the open segment's samples end: where the file says so, or else a frame behind the start
   * of the last one.
   */
  long endTicks() {
    long frame = waiting.frame();
    long end = segment.endTicks();
    long usual = lastTicks + frame;
    return format.writesDurations() || end - usual <= frame ? end : usual;
  }

  /**
   * What is listed cannot be taken back, nor can there be two of one time (HLS D1, D6): a sample
   * that starts before its end, by more than an encoder's rounding, comes too late.
   */
  private boolean isTooLate(Sample sample, long step) {
    return segment.isEmpty()
        && !segment.startsFreely()
        && segment.startTicks() - sample.dts() > step / 2;
  }

  /**
   * A segment of its own starts with its first sample, has none missing at its end, and no sample
   * makes it too long. So a line that starts inside a segment of the leader's gets ahead by a
   * number, and each later segment ends nearer to the leader's cut.
   *
   * @return how long the sample lasts
   */
  private long makeRoom(Sample sample, long duration, long step) {
    long negligible = step / 2;
    long lasts = duration;
    if (!segment.isEmpty()
        && (sample.dts() - segment.endTicks() > negligible
            || segment.isTooLongAt(sample.dts() + duration))) {
      segment.close(endTicks());
    }
    if (segment.isEmpty()) {
      segment.startAt(sample.dts(), negligible);
      lasts = segment.isTooLongAt(sample.dts() + duration) ? step : duration;
    }
    return lasts;
  }

  /**
   * Where time without samples can be filled, it takes no segments of its own. Each segment may be
   * the last of its configuration, and the next one's silence cannot be made.
   *
   * @return how long the sample lasts
   */
  private long fillUpTo(Sample sample, long duration, long step) {
    long negligible = step / 2;
    while (segment.fills()
        && sample.dts() - segment.endTicks() > negligible
        && segment.isTooLongAt(sample.dts() + step)) {
      segment.closeFilled(sample.dts());
    }
    if (segment.isTooLongAt(sample.dts() + duration) && !segment.isEmpty()) {
      segment.close(endTicks());
    }
    if (!segment.fills()) {
      return makeRoom(sample, duration, step);
    }
    if (sample.dts() - segment.endTicks() > negligible) {
      segment.fillTo(sample.dts());
    }
    return segment.isTooLongAt(sample.dts() + duration) ? step : duration;
  }

  /**
   * What makes room again and again gets ever further ahead, and the leader would have to be cut
   * into as many pieces at the end: then each segment lasts as long as it may, with what is missing
   * in it.
   *
   * @return how long the sample lasts
   */
  private long stayNear(Sample sample, long duration, long step) {
    while (segment.isTooLongAt(sample.dts() + step)) {
      segment.close(Long.MAX_VALUE);
    }
    return segment.isTooLongAt(sample.dts() + duration) ? step : duration;
  }
}

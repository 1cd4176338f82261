package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The segments of one line, one behind the other: takes what waits into the open one, and closes it
 * where the leader's cuts, or its own samples, ask for that.
 */
final class LineSegments {
  private final OpenSegment segment;
  private final WaitingSamples waiting;
  private final SegmentFiller filler;
  private TrackLine.Role role = TrackLine.Role.FOLLOWS;
  private boolean started;
  private long runStartNanos;
  private long updatedMsn;
  private long updatedNanos;

  /**
   * @param leaderMsn the number of the leader's open segment
   */
  LineSegments(
      OpenSegment segment, WaitingSamples waiting, LongSupplier leaderMsn, SegmentFormat format) {
    this.segment = segment;
    this.waiting = waiting;
    this.filler = new SegmentFiller(segment, waiting, leaderMsn, format);
  }

  /** What decides where its segments end. */
  void beCut(TrackLine.Role newRole) {
    role = newRole;
  }

  TrackLine.Role role() {
    return role;
  }

  /** Samples from now on are those of another track. */
  void replaceTrack(Track track) {
    segment.use(track);
  }

  /** The same track with another configuration, for what comes from now on. */
  void reconfigure(Track track) {
    segment.useNext(track);
    if (waiting.isEmpty() && segment.isEmpty()) {
      segment.use(track);
    }
  }

  /** Leaves out one media sequence number. */
  void skip() {
    segment.skip();
  }

  /** Where what is there ends; the open segment's start when nothing is. */
  long endTicks() {
    Sample last = waiting.last();
    return last == null ? segment.endTicks() : last.dts() + waiting.step();
  }

  /** Samples that came when a gap or silence was listed in their place. */
  long dropped() {
    return filler.dropped();
  }

  /**
   * A timeline of its own starts, or the line takes part in one: then it goes on from what it has
   * listed, if anything.
   *
   * @param marked whether the next segment does not continue the one before
   */
  void beginRun(long startNanos, boolean marked) {
    runStartNanos = startNanos;
    filler.beginRun();
    if (marked) {
      segment.mark();
    }
    started = !segment.startsFreely();
  }

  /** The open segment does not continue the one before; what is in it stays. */
  void mark() {
    segment.mark();
  }

  /** Whether nothing is listed in this timeline that the open segment has to follow from. */
  boolean startFreely() {
    return segment.startsFreely();
  }

  /**
   * Says where the open segment starts.
   *
   * @param presentationShiftNanos from decoding to presentation time at a segment's start
   */
  void start(long ticks, long presentationShiftNanos) {
    started = true;
    segment.start(ticks, presentationShiftNanos);
  }

  /** What is decoded is presented so much later; the open segment starts when it did. */
  void presentAfter(long shiftNanos) {
    segment.presentAfter(shiftNanos);
  }

  /**
   * The first sample of an empty segment that starts half a frame beside it at most. Where one is
   * listed before, that one's end is the start, to the tick (HLS D1, D6): the sample is decoded
   * then, and a picture is presented when it was.
   *
   * @return the sample as it is written
   */
  Sample join(Sample sample) {
    if (segment.startsFreely()) {
      segment.restart(sample.dts());
    }
    return waiting.decodedAt(sample, segment.startTicks());
  }

  /** Takes into the open segment whatever is presented before a time, but for the last sample. */
  void takeBefore(long nanos) {
    for (Sample sample = waiting.pollFollowed(nanos);
        sample != null;
        sample = waiting.pollFollowed(nanos)) {
      put(sample, upTo(sample, Objects.requireNonNull(waiting.first())));
    }
  }

  /** Takes everything that waits into the open segment. */
  void takeAll() {
    takeBefore(Long.MAX_VALUE);
    Sample last = waiting.poll();
    if (last != null) {
      put(last, waiting.step());
    }
  }

  /**
   * Closes the open segment at a tick of this track, or as early as it has to end (HLS B2);
   * everything that waits before that goes in.
   */
  void closeAtTicks(long wanted) {
    long boundary = segment.boundary(wanted);
    Sample sample = waiting.first();
    while (sample != null && sample.dts() < boundary) {
      waiting.poll();
      Sample next = waiting.first();
      long end = next == null ? boundary : Math.min(next.dts(), boundary);
      put(sample, Math.max(0, end - sample.dts()));
      sample = next;
    }
    segment.close(boundary);
  }

  /**
   * Closes a segment at another track's cut, unless it is closed already: the line may be ahead,
   * and then its last sample still waits for the next one, that tells how long it lasts (HLS F2).
   *
   * @param msn the segment that ends with the cut
   * @param isOver whether nothing more is expected before the cut, whatever has come behind it
   * @param isComing whether what is missing before the cut is expected behind it
   */
  void closeAtTime(long msn, long cutNanos, boolean isOver, boolean isComing) {
    Sample sample = waiting.first();
    while (segment.msn() == msn && sample != null && waiting.nanosOf(sample) < cutNanos) {
      waiting.poll();
      Sample next = waiting.first();
      put(
          sample,
          next != null && waiting.nanosOf(next) - cutNanos <= TrackLine.SNAP_NANOS
              ? upTo(sample, next)
              : waiting.step());
      sample = next;
    }
    if (segment.msn() == msn) {
      startWithTheRun();
      filler.closeAtCut(cutNanos, isOver, isComing, fills());
    } else {
      takeBefore(cutNanos);
    }
  }

  /**
   * Where the last segment of a run starts. A few pictures that come behind the last sound would
   * make a gap of it as short as they last, at which players stall, so it gets the last sample; and
   * a little sound behind the last picture is in the segment before.
   *
   * @param cutNanos where the leader's starts
   * @param endNanos where the leader's ends
   */
  long lastCutNanos(long cutNanos, long endNanos) {
    Sample last = waiting.last();
    if (last == null) {
      return cutNanos;
    }
    long ownEnd = segment.toNanos(endTicks());
    if (Math.abs(endNanos - ownEnd) > TrackLine.SNAP_NANOS) {
      return cutNanos;
    }
    return endNanos > cutNanos
        ? Math.min(cutNanos, waiting.nanosOf(last))
        : Math.max(cutNanos, ownEnd);
  }

  /**
   * Sound that is away goes on in silence up to a time, part by part, in a file of its own that can
   * be filled.
   *
   * @return whether it does
   */
  boolean fillAhead(long untilNanos) {
    if (!started || !fills()) {
      return false;
    }
    Sample sample = waiting.first();
    while (sample != null && waiting.nanosOf(sample) < untilNanos) {
      waiting.poll();
      Sample next = waiting.first();
      put(sample, next == null ? waiting.frame() : upTo(sample, next));
      sample = next;
    }
    filler.fillAhead(segment.ticksAt(untilNanos));
    return true;
  }

  /**
   * Closes the open segment with what has come for it but its last sample, wherever the leader will
   * be cut; does nothing when that is nothing.
   */
  void closeAhead() {
    long open = segment.msn();
    takeBefore(Long.MAX_VALUE);
    if (segment.msn() == open && !segment.isEmpty()) {
      segment.close(filler.endTicks());
    }
  }

  /** Remembers when its last segment was closed. */
  void noteUpdate(long nowNanos) {
    if (segment.msn() != updatedMsn) {
      updatedMsn = segment.msn();
      updatedNanos = nowNanos;
    }
  }

  /** When its last segment was closed, as {@link ArrivalClock} counts. */
  long updatedNanos() {
    return updatedNanos;
  }

  /** Everything that is there goes into the open segment, which is closed. */
  void closeWithEverything(long endNanos) {
    takeAll();
    startWithTheRun();
    filler.closeAtEnd(endNanos, fills());
  }

  /** A sample lasts until the next one, unless the pause between them is filled. */
  private long upTo(Sample sample, Sample next) {
    long distance = Math.max(0, next.dts() - sample.dts());
    return fills() && waiting.isPause(distance) ? waiting.frame() : distance;
  }

  /** In files of its own the time in which it has no samples is not missing. */
  private boolean fills() {
    return role == TrackLine.Role.FOLLOWS && segment.fills();
  }

  private void put(Sample sample, long duration) {
    if (!started) {
      start(sample.dts(), 0);
    }
    if (role == TrackLine.Role.FOLLOWS) {
      filler.putOwn(sample, duration);
    } else {
      filler.put(sample, duration);
    }
  }

  /** Without a sample the first segment starts with the run. */
  private void startWithTheRun() {
    if (!started) {
      started = true;
      segment.startAt(runStartNanos);
    }
  }
}

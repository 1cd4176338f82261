package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one track on their way into segments. A sample waits until its duration is known
 * (the next one has come) and until it is certain to which segment it belongs.
 */
final class TrackLine {
  /** What decides where its segments end. */
  enum Role {
    /** The segmenter does, sample by sample. */
    LEADS,
    /** The leader does: its samples are in the leader's files. */
    SHARES,
    /** Its own samples do, as near to the leader's cuts as they come. */
    FOLLOWS
  }

  /** How far a boundary may lie behind the cut to coincide with a frame. */
  private static final long SNAP_NANOS = 250_000_000;

  private final String name;
  private final SegmentFormat format;
  private final OpenSegment segment;
  private final SegmentFiller filler;
  private final Lateness lateness = new Lateness();
  private final WaitingSamples waiting;
  private Role role = Role.FOLLOWS;
  private Track track;
  private boolean present = true;
  private boolean started;
  private long runStartNanos;

  /**
   * @param leaderMsn the number of the leader's open segment
   * @param longestNanos the longest duration that a segment may have at present
   */
  TrackLine(
      String name,
      Track track,
      long nextMsn,
      LongSupplier leaderMsn,
      LongSupplier longestNanos,
      SegmentFormat format) {
    this.name = name;
    this.format = format;
    this.track = track;
    this.waiting = new WaitingSamples(track);
    this.segment = new OpenSegment(name, track, nextMsn, longestNanos, format);
    this.filler = new SegmentFiller(segment, waiting, leaderMsn, format);
  }

  /** Another publisher's or another configuration's track on the same line. */
  void replaceTrack(Track newTrack) {
    track = newTrack;
    segment.use(newTrack);
    present = true;
    waiting.measureAnew(newTrack);
    lateness.restart();
  }

  /**
   * The same track with another configuration for the same encoding: what has come so far is
   * written with the old one, which the open segment keeps.
   */
  void reconfigure(Track newTrack) {
    if (!newTrack.equals(track)) {
      track = newTrack;
      waiting.reconfigure(newTrack);
      segment.useNext(newTrack);
      if (hasNothing()) {
        segment.use(newTrack);
      }
    }
  }

  /** Whether a cut is wanted, for what comes to be written with another configuration. */
  boolean awaitsWriter() {
    return segment.isLastOfItsTrack();
  }

  /** There is no such track any more: only gaps come. */
  void setAbsent() {
    present = false;
    format.close(name);
  }

  /** Whether it is the one that is cut first. */
  void setLeading(boolean leads) {
    role = leads ? Role.LEADS : format.isShared(name) ? Role.SHARES : Role.FOLLOWS;
  }

  Role role() {
    return role;
  }

  String name() {
    return name;
  }

  /** Whether the open segment does not continue the one before. */
  boolean opensWithDiscontinuity() {
    return segment.isMarked();
  }

  boolean isPresent() {
    return present;
  }

  boolean isVideo() {
    return track.isVideo();
  }

  Track track() {
    return track;
  }

  Timescale timescale() {
    return track.timescale();
  }

  /** The number of the open segment. */
  long nextMsn() {
    return segment.msn();
  }

  /**
   * A timeline of its own starts, or the line takes part in one: then it goes on from what it has
   * listed, if anything.
   *
   * @param marked whether the next segment does not continue the one before
   */
  void beginRun(long startNanos, boolean marked) {
    runStartNanos = startNanos;
    lateness.restart();
    if (marked) {
      segment.mark();
    }
    started = !segment.startsFreely();
  }

  /** Leaves out one media sequence number. */
  void skip() {
    segment.skip();
  }

  /** Where the open segment starts, in ticks. */
  long startTicks() {
    return segment.startTicks();
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

  /** Says where the open segment, which is empty, starts after all. */
  void restart(long ticks) {
    segment.restart(ticks);
  }

  void offer(Sample sample, ArrivalClock clock) {
    waiting.add(sample);
    lateness.arrives(clock, timescale().toNanos(sample.dts()));
  }

  /** How far it comes behind the leader. */
  Lateness lateness() {
    return lateness;
  }

  /** Samples that came when a gap or silence was listed in their place. */
  long dropped() {
    return filler.dropped();
  }

  /** Ticks from one sample to the next as last seen, but for a pause, or else as usual. */
  long step() {
    return waiting.step();
  }

  /** Ticks that a frame of sound lasts, if that is more. */
  long frame() {
    return waiting.frame();
  }

  boolean hasNothing() {
    return waiting.isEmpty() && segment.isEmpty();
  }

  @Nullable Sample firstWaiting() {
    return waiting.first();
  }

  @Nullable Sample lastWaiting() {
    return waiting.last();
  }

  /** Takes into the open segment whatever is presented before a time, but for the last sample. */
  void takeBefore(long nanos) {
    for (Sample sample = waiting.pollFollowed(nanos);
        sample != null;
        sample = waiting.pollFollowed(nanos)) {
      Sample next = Objects.requireNonNull(waiting.first());
      put(sample, Math.max(0, next.dts() - sample.dts()));
    }
  }

  /** Takes everything that waits into the open segment. */
  void takeAll() {
    takeBefore(Long.MAX_VALUE);
    Sample last = waiting.poll();
    if (last != null) {
      put(last, step());
    }
  }

  /**
   * Where it starts within a time, or else where it stops, as far as that is known; the end of the
   * time when it does neither.
   */
  long boundaryWithin(long fromNanos, long untilNanos) {
    return waiting.boundaryWithin(fromNanos, untilNanos, SNAP_NANOS);
  }

  /** Whether a sample at or behind a time has come, so that nothing before it is to be expected. */
  boolean hasReached(long nanos) {
    return waiting.hasReached(nanos);
  }

  /** Closes the open segment at a tick of this track; everything that waits before it goes in. */
  void closeAtTicks(long boundary) {
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
   * Closes a segment at another track's cut, unless it is closed already: the line may be ahead.
   *
   * @param msn the segment that ends with the cut
   */
  void closeAtTime(long msn, long cutNanos) {
    Sample sample = waiting.first();
    while (sample != null && presentationNanos(sample) < cutNanos) {
      waiting.poll();
      Sample next = waiting.first();
      put(
          sample,
          next != null && presentationNanos(next) - cutNanos <= SNAP_NANOS
              ? Math.max(0, next.dts() - sample.dts())
              : step());
      sample = next;
    }
    if (nextMsn() == msn) {
      startWithTheRun();
      segment.close(boundaryAt(cutNanos));
    }
  }

  /**
   * Where the last segment of a run starts. A few pictures that come behind the last sound would
   * make a gap of it as short as they last, at which players stall, so it gets the last sample.
   *
   * @param cutNanos where the leader's starts
   * @param endNanos where the leader's ends
   */
  long lastCutNanos(long cutNanos, long endNanos) {
    Sample last = waiting.last();
    return last != null && endNanos - endNanos() <= SNAP_NANOS
        ? Math.min(cutNanos, presentationNanos(last))
        : cutNanos;
  }

  /** Where the samples end; the next frame, where a gap ends with one, else the cut itself. */
  private long boundaryAt(long cutNanos) {
    if (!segment.isEmpty()) {
      return filler.endTicks();
    }
    Sample next = waiting.first();
    return next != null && presentationNanos(next) - cutNanos <= SNAP_NANOS
        ? next.dts()
        : segment.ticksAt(cutNanos);
  }

  /** Everything that is there goes into the open segment, which is closed. */
  void closeWithEverything(long endNanos) {
    takeAll();
    startWithTheRun();
    segment.close(segment.isEmpty() ? segment.ticksAt(endNanos) : filler.endTicks());
  }

  /** Where what is there ends; the open segment's start when nothing is. */
  long endTicks() {
    Sample last = waiting.last();
    return last == null ? segment.endTicks() : last.dts() + step();
  }

  /** The same of sound whose file does not say how long a frame lasts. */
  long soundEndTicks() {
    Sample last = waiting.last();
    return last == null ? segment.endTicks() : last.dts() + frame();
  }

  /** Where what is there ends, in presentation time. */
  long endNanos() {
    return toNanos(endTicks());
  }

  long toNanos(long ticks) {
    return segment.toNanos(ticks);
  }

  /** Decoding time of a moment of presentation. */
  long ticksAt(long nanos) {
    return segment.ticksAt(nanos);
  }

  long presentationNanos(Sample sample) {
    return timescale().toNanos(sample.pts());
  }

  private void put(Sample sample, long duration) {
    if (!started) {
      start(sample.dts(), 0);
    }
    if (role == Role.FOLLOWS) {
      filler.putOwn(sample, duration);
    } else {
      filler.put(sample, duration);
    }
  }

  /** Without a sample the first segment starts with the run. */
  private void startWithTheRun() {
    if (!started) {
      start(timescale().ofNanos(runStartNanos), 0);
    }
  }
}

package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import java.util.ArrayDeque;
import java.util.Deque;
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

  /** How many numbers a line may be ahead of the leader because of what its own samples ask for. */
  private static final int MOST_AHEAD = 8;

  private final String name;
  private final SegmentFormat format;
  private final OpenSegment segment;
  private final LongSupplier leaderMsn;
  private final Lateness lateness = new Lateness();
  private final Deque<Sample> waiting = new ArrayDeque<>();
  private Role role = Role.FOLLOWS;
  private Track track;
  private boolean awaitsWriter;
  private boolean present = true;
  private boolean started;
  private long runStartNanos;
  private long step;
  private long stepBefore;
  private long lastPut;

  private long dropped;

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
    this.leaderMsn = leaderMsn;
    this.format = format;
    this.track = track;
    this.segment = new OpenSegment(name, track, nextMsn, longestNanos, format);
  }

  /** Another publisher's or another configuration's track on the same line. */
  void replaceTrack(Track newTrack) {
    track = newTrack;
    openWriter();
    present = true;
    step = 0;
    stepBefore = 0;
  }

  /**
   * The same track with another configuration for the same encoding: what has come so far is
   * written with the old one, which the open segment keeps.
   */
  void reconfigure(Track newTrack) {
    if (!newTrack.equals(track)) {
      track = newTrack;
      awaitsWriter = true;
      if (hasNothing()) {
        openWriter();
      }
    }
  }

  /** Whether a cut is wanted, for what comes to be written with another configuration. */
  boolean awaitsWriter() {
    return awaitsWriter;
  }

  private void openWriter() {
    segment.use(track);
    awaitsWriter = false;
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
    segment.startAt(ticks, Long.MAX_VALUE);
  }

  void offer(Sample sample, Pace pace) {
    Sample last = waiting.peekLast();
    if (last != null && sample.dts() > last.dts()) {
      stepBefore = step;
      step = sample.dts() - last.dts();
      lateness.steps(pace, timescale().toNanos(step));
    } else if (last == null) {
      lateness.begins(pace);
    }
    waiting.add(sample);
  }

  /** How far it comes behind the leader. */
  Lateness lateness() {
    return lateness;
  }

  /** Samples that came when a gap was listed in their place. */
  long dropped() {
    return dropped;
  }

  /** Ticks from one sample to the next as last seen, but for a pause, or else as usual. */
  long step() {
    return step == 0 ? usualStep() : stepBefore == 0 ? step : Math.min(step, stepBefore);
  }

  boolean hasNothing() {
    return waiting.isEmpty() && segment.isEmpty();
  }

  @Nullable Sample firstWaiting() {
    return waiting.peekFirst();
  }

  @Nullable Sample lastWaiting() {
    return waiting.peekLast();
  }

  /** Takes into the open segment whatever is presented before a time, but for the last sample. */
  void takeBefore(long nanos) {
    Sample sample = waiting.peekFirst();
    while (waiting.size() > 1 && presentationNanos(sample) < nanos) {
      waiting.removeFirst();
      Sample next = waiting.getFirst();
      put(sample, Math.max(0, next.dts() - sample.dts()));
      sample = next;
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
  long edge(long fromNanos, long untilNanos) {
    long negligible = timescale().toNanos(step()) * 3 / 2;
    long covered = fromNanos;
    for (Sample sample : waiting) {
      long nanos = presentationNanos(sample);
      if (nanos >= fromNanos && nanos < untilNanos) {
        if (covered == fromNanos && nanos - fromNanos > negligible) {
          return nanos;
        }
        covered = nanos + timescale().toNanos(step());
      }
    }
    long missing = untilNanos - covered;
    boolean stops = missing > (hasReached(untilNanos) ? negligible : SNAP_NANOS);
    return covered > fromNanos && stops ? covered : untilNanos;
  }

  /** Whether a sample at or behind a time has come, so that nothing before it is to be expected. */
  boolean hasReached(long nanos) {
    Sample last = waiting.peekLast();
    return last != null && presentationNanos(last) >= nanos;
  }

  /** Closes the open segment at a tick of this track; everything that waits before it goes in. */
  void closeAtTicks(long boundary) {
    while (!waiting.isEmpty() && waiting.getFirst().dts() < boundary) {
      Sample sample = waiting.removeFirst();
      Sample next = waiting.peekFirst();
      long end = next == null ? boundary : Math.min(next.dts(), boundary);
      put(sample, Math.max(0, end - sample.dts()));
    }
    close(boundary);
  }

  /**
   * Closes a segment at another track's cut, unless it is closed already: the line may be ahead.
   *
   * @param msn the segment that ends with the cut
   */
  void closeAtTime(long msn, long cutNanos) {
    while (!waiting.isEmpty() && presentationNanos(waiting.getFirst()) < cutNanos) {
      Sample sample = waiting.removeFirst();
      Sample next = waiting.peekFirst();
      boolean goesOn = next != null && presentationNanos(next) - cutNanos <= SNAP_NANOS;
      put(sample, goesOn ? Math.max(0, next.dts() - sample.dts()) : step());
    }
    if (nextMsn() == msn) {
      startWithTheRun();
      close(boundaryAt(cutNanos));
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
    Sample last = waiting.peekLast();
    return last != null && endNanos - endNanos() <= SNAP_NANOS
        ? Math.min(cutNanos, presentationNanos(last))
        : cutNanos;
  }

  /** Where the samples end; the next frame, where a gap ends with one, else the cut itself. */
  private long boundaryAt(long cutNanos) {
    if (!segment.isEmpty()) {
      return mediaEnd();
    }
    Sample next = waiting.peekFirst();
    return next != null && presentationNanos(next) - cutNanos <= SNAP_NANOS
        ? next.dts()
        : segment.ticksAt(cutNanos);
  }

  /** Everything that is there goes into the open segment, which is closed. */
  void closeWithEverything(long endNanos) {
    takeAll();
    startWithTheRun();
    close(segment.isEmpty() ? segment.ticksAt(endNanos) : mediaEnd());
  }

  /**
   * Where the open segment's samples end: where the file says so, or else a usual step behind the
   * start of the last one.
   */
  private long mediaEnd() {
    long end = segment.endTicks();
    long usual = lastPut + step();
    return format.writesDurations() || end - usual <= step() ? end : usual;
  }

  /** Where what is there ends; the open segment's start when nothing is. */
  long endTicks() {
    Sample last = waiting.peekLast();
    return last == null ? segment.endTicks() : last.dts() + step();
  }

  /** The same in presentation time. */
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
    if (isTooLate(sample)) {
      dropped++;
      return;
    }
    lastPut = sample.dts();
    if (role != Role.FOLLOWS) {
      segment.add(sample, duration);
    } else if (nextMsn() - leaderMsn.getAsLong() < MOST_AHEAD) {
      segment.add(sample, makeRoom(sample, duration));
    } else {
      segment.add(sample, stayNear(sample, duration));
    }
  }

  /** What is listed cannot be taken back, nor can there be two of one time (HLS D6). */
  private boolean isTooLate(Sample sample) {
    return role == Role.FOLLOWS
        && segment.isEmpty()
        && !segment.startsFreely()
        && sample.dts() + step() <= segment.startTicks();
  }

  /**
   * A segment of its own starts with its first sample, has none missing at its end, and no sample
   * makes it too long. So a line that starts inside a segment of the leader's gets ahead by a
   * number, and each later segment ends nearer to the leader's cut.
   *
   * @return how long the sample lasts
   */
  private long makeRoom(Sample sample, long duration) {
    long negligible = step() / 2;
    long lasts = duration;
    if (!segment.isEmpty()
        && (sample.dts() - segment.endTicks() > negligible
            || segment.isTooLongAt(sample.dts() + duration))) {
      close(mediaEnd());
    }
    if (segment.isEmpty()) {
      segment.startAt(sample.dts(), negligible);
      lasts = segment.isTooLongAt(sample.dts() + duration) ? step() : duration;
    }
    return lasts;
  }

  /**
   * What makes room again and again gets ever further ahead, and the leader would have to be cut
   * into as many pieces at the end: then each segment lasts as long as it may, with what is missing
   * in it.
   *
   * @return how long the sample lasts
   */
  private long stayNear(Sample sample, long duration) {
    while (segment.isTooLongAt(sample.dts() + step())) {
      close(Long.MAX_VALUE);
    }
    return segment.isTooLongAt(sample.dts() + duration) ? step() : duration;
  }

  /** Without a sample the first segment starts with the run. */
  private void startWithTheRun() {
    if (!started) {
      start(timescale().ofNanos(runStartNanos), 0);
    }
  }

  private void close(long boundary) {
    segment.close(boundary);
    if (awaitsWriter) {
      openWriter();
    }
  }

  private long usualStep() {
    long ticks =
        switch (track.format()) {
          case TrackFormat.Audio sound ->
              (long) sound.usualSamples() * timescale().ticksPerSecond() / sound.clockRate();
          case TrackFormat.Video _ -> timescale().ticksPerSecond() / 30;
        };
    return Math.max(1, ticks);
  }
}

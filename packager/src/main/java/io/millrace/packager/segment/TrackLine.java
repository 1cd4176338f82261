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
 * The samples of one track on their way into segments. A sample waits in {@code waiting} until its
 * duration is known (the next one has come) and until it is certain to which segment it belongs.
 *
 * <p>A segment's boundaries are shared by its neighbours: its duration reaches to the start of the
 * next one, so that durations add up exactly.
 */
final class TrackLine {
  /** How far a boundary may lie behind the cut to coincide with a frame. */
  private static final long SNAP_NANOS = 250_000_000;

  private final String name;
  private final SegmentFormat format;
  private final LongSupplier longestNanos;
  private final Deque<Sample> waiting = new ArrayDeque<>();
  private Track track;
  private TrackWriter writer;
  private boolean awaitsWriter;
  private boolean present = true;
  private long nextMsn;
  private boolean started;
  private long runStartNanos;
  private long startTicks;
  private long shiftNanos;
  private long step;
  private boolean discontinuity;

  /**
   * @param longestNanos the longest duration that a segment may have at present
   */
  TrackLine(
      String name, Track track, long nextMsn, LongSupplier longestNanos, SegmentFormat format) {
    this.name = name;
    this.longestNanos = longestNanos;
    this.format = format;
    this.nextMsn = nextMsn;
    this.track = track;
    this.writer = format.open(name, track);
  }

  /** Another publisher's or another configuration's track on the same line. */
  void replaceTrack(Track newTrack) {
    track = newTrack;
    openWriter();
    present = true;
    step = 0;
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
    writer = format.open(name, track);
    awaitsWriter = false;
  }

  /** There is no such track any more: only gaps come. */
  void setAbsent() {
    present = false;
    format.close(name);
  }

  String name() {
    return name;
  }

  /** Whether the open segment does not continue the one before. */
  boolean opensWithDiscontinuity() {
    return discontinuity;
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

  long nextMsn() {
    return nextMsn;
  }

  /**
   * A timeline of its own starts.
   *
   * @param marked whether the next segment does not continue the one before
   */
  void beginRun(long startNanos, boolean marked) {
    started = false;
    runStartNanos = startNanos;
    discontinuity |= marked;
  }

  /** Leaves out one media sequence number. */
  void skip() {
    nextMsn++;
  }

  /** Where the open segment starts, in ticks. */
  long startTicks() {
    return startTicks;
  }

  /**
   * @param presentationShiftNanos from decoding to presentation time at a segment's start
   */
  void start(long ticks, long presentationShiftNanos) {
    started = true;
    startTicks = ticks;
    shiftNanos = presentationShiftNanos;
  }

  void offer(Sample sample) {
    Sample last = waiting.peekLast();
    if (last != null && sample.dts() > last.dts()) {
      step = sample.dts() - last.dts();
    }
    waiting.add(sample);
  }

  /** Ticks from one sample to the next, as last seen or else as usual. */
  long step() {
    return step > 0 ? step : usualStep();
  }

  boolean hasNothing() {
    return waiting.isEmpty() && writer.isEmpty();
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
    emit(boundary);
  }

  /** Closes the open segment at another track's cut. */
  void closeAtTime(long cutNanos) {
    if (!started) {
      startAtFirst(waiting.peekFirst());
    }
    long lastEnd = Long.MIN_VALUE;
    while (!waiting.isEmpty() && presentationNanos(waiting.getFirst()) < cutNanos) {
      Sample sample = waiting.removeFirst();
      Sample next = waiting.peekFirst();
      put(sample, next == null ? step() : Math.max(0, next.dts() - sample.dts()));
      lastEnd = sample.dts() + step();
    }
    emit(boundaryAt(cutNanos, lastEnd));
  }

  /**
   * The next frame's start when that is known and near, else the last frame's end, else the cut
   * itself: so that what a segment is said to last is what its frames last.
   */
  private long boundaryAt(long cutNanos, long lastEnd) {
    Sample next = waiting.peekFirst();
    if (next != null && presentationNanos(next) - cutNanos <= SNAP_NANOS) {
      return next.dts();
    }
    return next == null && lastEnd > startTicks ? lastEnd : timescale().ofNanos(cutNanos);
  }

  /** Everything that is there goes into the open segment, which is closed. */
  void closeWithEverything(long endNanos) {
    Sample last = waiting.peekLast();
    if (!started) {
      startAtFirst(waiting.peekFirst());
    }
    long boundary = last == null ? timescale().ofNanos(endNanos - shiftNanos) : last.dts() + step();
    while (!waiting.isEmpty()) {
      Sample sample = waiting.removeFirst();
      Sample next = waiting.peekFirst();
      put(sample, next == null ? step() : Math.max(0, next.dts() - sample.dts()));
    }
    emit(boundary);
  }

  /** Where what is there ends, in presentation time; the open segment's start when nothing is. */
  long endNanos() {
    Sample last = waiting.peekLast();
    return last == null ? toNanos(startTicks) : toNanos(last.dts() + step());
  }

  long toNanos(long ticks) {
    return timescale().toNanos(ticks) + shiftNanos;
  }

  long presentationNanos(Sample sample) {
    return timescale().toNanos(sample.pts());
  }

  private void put(Sample sample, long duration) {
    if (!started) {
      startAtFirst(sample);
    }
    writer.add(sample, duration);
  }

  /** The first segment of a run starts with its first frame, or with the run when that is late. */
  private void startAtFirst(@Nullable Sample first) {
    boolean snaps = first != null && presentationNanos(first) - runStartNanos <= SNAP_NANOS;
    start(first != null && snaps ? first.dts() : timescale().ofNanos(runStartNanos), 0);
  }

  /** HLS B2 holds whatever the samples say: no segment is said to last longer than allowed. */
  private void emit(long wanted) {
    long most = startTicks + timescale().ofNanos(longestNanos.getAsLong());
    long boundary = Math.max(startTicks + 1, Math.min(wanted, most));
    writer.cut(
        new Cut(nextMsn, startTicks, boundary - startTicks, toNanos(startTicks), discontinuity));
    nextMsn++;
    startTicks = boundary;
    discontinuity = false;
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

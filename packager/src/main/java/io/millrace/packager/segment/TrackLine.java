package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One track, of which samples come, and where it stands. A sample waits until its duration is known
 * (the next one has come) and until it is certain to which segment it belongs; {@link LineSegments}
 * takes it then.
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
  static final long SNAP_NANOS = 250_000_000;

  /** How long a segment without samples is at least, where they come and are late. */
  static final long LEAST_NANOS = 250_000_000;

  private final String name;
  private final SegmentFormat format;
  private final OpenSegment segment;
  private final LineSegments segments;
  private final Lateness lateness = new Lateness();
  private final WaitingSamples waiting;
  private Track track;
  private boolean present = true;

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
    this.segments = new LineSegments(segment, waiting, leaderMsn, format);
  }

  /** Another publisher's or another configuration's track on the same line. */
  void replaceTrack(Track newTrack) {
    track = newTrack;
    segments.replaceTrack(newTrack);
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
      segments.reconfigure(newTrack);
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
    segments.beCut(leads ? Role.LEADS : format.isShared(name) ? Role.SHARES : Role.FOLLOWS);
  }

  Role role() {
    return segments.role();
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

  /** What takes its samples, and is closed where it is cut. */
  LineSegments segments() {
    return segments;
  }

  /** The number of the open segment. */
  long nextMsn() {
    return segment.msn();
  }

  /** Where the open segment starts, in ticks. */
  long startTicks() {
    return segment.startTicks();
  }

  /** A sample has come, whether or not it is taken. */
  void arrives(Sample sample, ArrivalClock clock) {
    lateness.arrives(clock, timescale().toNanos(sample.dts()));
  }

  void offer(Sample sample) {
    if (role() == Role.LEADS) {
      waiting.addInOrder(sample);
    } else {
      waiting.add(sample);
    }
  }

  /** How far it comes behind the leader. */
  Lateness lateness() {
    return lateness;
  }

  /** Samples that came when a gap or silence was listed in their place. */
  long dropped() {
    return segments.dropped();
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

  /** How much memory the samples take that are in no segment that has been cut. */
  long bytes() {
    return waiting.bytes() + segment.bytes();
  }

  @Nullable Sample firstWaiting() {
    return waiting.first();
  }

  @Nullable Sample lastWaiting() {
    return waiting.last();
  }

  /**
   * Whether the time in which a sample starts is listed already, as a gap: by so much that less
   * than half of a frame would be left of it.
   *
   * @param ticks when it starts, on the clock that the open segment's start is on
   */
  boolean isListed(long ticks) {
    return !segment.startsFreely() && segment.startTicks() - ticks > step() / 2;
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

  /** Where what is there ends; the open segment's start when nothing is. */
  long endTicks() {
    return segments.endTicks();
  }

  /** Where it ends at the earliest, if more comes. */
  long earliestEndTicks() {
    Sample last = waiting.last();
    return last == null ? segment.endTicks() : last.dts() + waiting.shortestStep();
  }

  /** Where it ends, of sound whose file does not say how long a frame lasts. */
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
    return waiting.nanosOf(sample);
  }
}

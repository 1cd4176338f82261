package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The segment of one line that is open, and in its turn each that follows it. A segment's end is
 * the next one's start, so that durations add up exactly; one that is closed without samples is a
 * gap.
 */
final class OpenSegment {
  private final String line;
  private final SegmentFormat format;
  private final LongSupplier longestNanos;
  private TrackWriter writer;
  private Timescale timescale;
  private long msn;
  private long startTicks;
  private long endTicks;
  private long shiftNanos;
  private boolean discontinuity;
  private boolean follows;
  private boolean hasTime;
  private long bytes;
  private @Nullable Track nextTrack;

  /**
   * @param msn its media sequence number
   * @param longestNanos the longest duration that a segment may have at present
   */
  OpenSegment(String line, Track track, long msn, LongSupplier longestNanos, SegmentFormat format) {
    this.line = line;
    this.format = format;
    this.longestNanos = longestNanos;
    this.msn = msn;
    this.timescale = track.timescale();
    this.writer = format.open(line, track);
  }

  /** Samples from now on are those of a track. */
  void use(Track track) {
    Timescale next = track.timescale();
    startTicks = Timescale.rescale(startTicks, timescale, next);
    endTicks = Timescale.rescale(endTicks, timescale, next);
    timescale = next;
    writer = format.open(line, track);
    nextTrack = null;
  }

  /** Samples of the segments that follow are those of a track. */
  void useNext(Track track) {
    nextTrack = track;
  }

  /** Whether the segments that follow are those of another track. */
  boolean isLastOfItsTrack() {
    return nextTrack != null;
  }

  long msn() {
    return msn;
  }

  /** Leaves out one media sequence number. */
  void skip() {
    msn++;
  }

  /** It does not continue the segment before. */
  void mark() {
    discontinuity = true;
  }

  boolean isMarked() {
    return discontinuity;
  }

  /** Whether it may start anywhere: nothing is listed that its start has to follow from. */
  boolean startsFreely() {
    return discontinuity || !follows;
  }

  /**
   * Says where it starts.
   *
   * @param presentationShiftNanos from decoding to presentation time at a segment's start
   */
  void start(long ticks, long presentationShiftNanos) {
    startTicks = ticks;
    endTicks = ticks;
    shiftNanos = presentationShiftNanos;
  }

  /** Says when it starts, in presentation time, where nothing is decoded before it is shown. */
  void startAt(long nanos) {
    start(timescale.ofNanos(nanos), 0);
  }

  /** Says where it starts after all, while it is empty. */
  void restart(long ticks) {
    start(ticks, shiftNanos);
  }

  /** What is decoded is presented so much later; an empty segment starts when it did. */
  void presentAfter(long nanos) {
    start(timescale.ofNanos(toNanos(startTicks) - nanos), nanos);
  }

  long startTicks() {
    return startTicks;
  }

  /** Where its samples end; its start while there are none. */
  long endTicks() {
    return hasTime ? endTicks : startTicks;
  }

  /** Presentation time of a moment of it, as decoding times go. */
  long toNanos(long ticks) {
    return timescale.toNanos(ticks) + shiftNanos;
  }

  /** Decoding time of a moment of presentation. */
  long ticksAt(long nanos) {
    return timescale.ofNanos(nanos - shiftNanos);
  }

  /**
   * Whether it has had no sample; one that the container cannot carry takes its time all the same.
   */
  boolean isEmpty() {
    return !hasTime;
  }

  void add(Sample sample, long duration) {
    begin();
    writer.add(sample, duration);
    bytes += SampleMemory.of(sample);
    endTicks = sample.dts() + duration;
    hasTime = true;
  }

  private void begin() {
    if (!hasTime) {
      writer.begin(new SegmentStart(msn, toNanos(startTicks), discontinuity));
    }
  }

  /** How much memory its samples take. */
  long bytes() {
    return bytes;
  }

  /** Whether its time without samples can be filled, so that it is no gap. */
  boolean fills() {
    return writer.fills();
  }

  /** Fills what is missing up to where the next sample starts. */
  void fillTo(long ticks) {
    begin();
    writer.fill(endTicks(), ticks);
    endTicks = ticks;
    hasTime = true;
  }

  /** Whether it would be too long if it ended then. */
  boolean isTooLongAt(long ticks) {
    return ticks - startTicks > timescale.ofNanos(longestNanos.getAsLong());
  }

  /**
   * Where an empty one has to start for a sample, so that its duration and date are those of its
   * samples: the time before is a gap of its own, or several. One that follows another never starts
   * before that one's end (HLS D1, D6).
   *
   * @param negligible so many ticks are an encoder's rounding and no gap
   */
  void startAt(long ticks, long negligible) {
    if (ticks - startTicks > negligible) {
      long longest = Math.max(1, timescale.ofNanos(longestNanos.getAsLong()));
      while (ticks - startTicks > longest) {
        close(startTicks + longest);
      }
      close(ticks);
    }
    if (startsFreely()) {
      start(ticks, shiftNanos);
    }
  }

  /**
   * Ends it where wanted, or before: HLS B2 holds whatever the samples say, so no segment is said
   * to last longer than allowed. The next one starts there.
   */
  void close(long wanted) {
    cut(boundary(wanted));
  }

  /** The same, and what is missing at its end is filled. */
  void closeFilled(long wanted) {
    long boundary = boundary(wanted);
    if (boundary > endTicks()) {
      fillTo(boundary);
    }
    cut(boundary);
  }

  /** Where it ends when that is wanted: no earlier than its start, no later than it may last. */
  long boundary(long wanted) {
    long most = startTicks + timescale.ofNanos(longestNanos.getAsLong());
    return Math.max(startTicks + 1, Math.min(wanted, most));
  }

  private void cut(long boundary) {
    writer.cut(new Cut(msn, startTicks, boundary - startTicks, toNanos(startTicks), discontinuity));
    msn++;
    start(boundary, shiftNanos);
    discontinuity = false;
    follows = true;
    hasTime = false;
    bytes = 0;
    if (nextTrack != null) {
      use(nextTrack);
    }
  }
}

package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The samples of one line that are in no segment yet, in order, and how far they are apart. */
final class WaitingSamples {
  /** Sound that goes on later than this has paused. */
  private static final long PAUSE_NANOS = 250_000_000;

  /** How many steps tell how short one may be. */
  private static final int REMEMBERED = 16;

  /** How many times as long as another a step is at most, at one pace. */
  private static final int MOST_IRREGULAR = 4;

  private final Deque<Sample> samples = new ArrayDeque<>();
  private final long[] steps = new long[REMEMBERED];
  private int nextStep;
  private long bytes;
  private Track track;
  private long step;
  private long stepBefore;

  WaitingSamples(Track track) {
    this.track = track;
  }

  /** Samples from now on are those of another track, of which nothing is known. */
  void measureAnew(Track newTrack) {
    track = newTrack;
    step = 0;
    stepBefore = 0;
    Arrays.fill(steps, 0);
  }

  /** The same track with another configuration. */
  void reconfigure(Track newTrack) {
    track = newTrack;
  }

  /**
   * Takes the leader's next sample. A picture that starts no later than the one before it, which
   * was moved to the end of what is listed, is decoded behind it (HLS F1), and presented when it
   * was; how far the two are apart then is no step.
   */
  void addInOrder(Sample sample) {
    Sample last = samples.peekLast();
    if (track.isVideo() && last != null && sample.dts() <= last.dts()) {
      keep(decodedAt(sample, last.dts() + 1));
    } else {
      add(sample);
    }
  }

  /** A sample that is decoded at another time, if it is a picture presented when it was. */
  Sample decodedAt(Sample sample, long ticks) {
    long moved = sample.dts() - ticks;
    int composition = sample.compositionOffset() + (track.isVideo() ? (int) moved : 0);
    return moved == 0
        ? sample
        : new Sample(sample.track(), ticks, composition, sample.sync(), sample.payload());
  }

  /** Takes the next sample. */
  void add(Sample sample) {
    Sample last = samples.peekLast();
    keep(sample);
    if (last != null && sample.dts() > last.dts() && !isPause(sample.dts() - last.dts())) {
      stepBefore = step;
      step = sample.dts() - last.dts();
      steps[nextStep] = step;
      nextStep = (nextStep + 1) % REMEMBERED;
    }
  }

  private void keep(Sample sample) {
    samples.add(sample);
    bytes += SampleMemory.of(sample);
  }

  /** How much memory they take. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return samples.isEmpty();
  }

  @Nullable Sample first() {
    return samples.peekFirst();
  }

  @Nullable Sample last() {
    return samples.peekLast();
  }

  /** Gives the first one away; null when there is none. */
  @Nullable Sample poll() {
    Sample first = samples.poll();
    bytes -= first == null ? 0 : SampleMemory.of(first);
    return first;
  }

  /** Gives the first one away when it is presented before a time and another one has followed. */
  @Nullable Sample pollFollowed(long beforeNanos) {
    return samples.size() > 1 && nanosOf(samples.getFirst()) < beforeNanos ? poll() : null;
  }

  /** Ticks from one sample to the next as last seen, but for a pause, or else as usual. */
  long step() {
    return step == 0 ? usualStep() : stepBefore == 0 ? step : Math.min(step, stepBefore);
  }

  /**
   * The shortest of the last steps, for what must not be too long: some come at irregular ones.
   * What is far shorter than the last two was another pace, as of a burst before slides.
   */
  long shortestStep() {
    long usual = step();
    long shortest = usual;
    for (long one : steps) {
      shortest = one * MOST_IRREGULAR < usual ? shortest : Math.min(shortest, one);
    }
    return shortest;
  }

  /**
   * The same of sound whose frames all last the same: some encoders give two of them one timestamp,
   * and a step between these is none.
   */
  long frame() {
    return track.isVideo() ? step() : Math.max(step(), usualStep());
  }

  /**
   * Whether so many ticks without a sample are a pause of sound; pictures may be shown for long.
   */
  boolean isPause(long ticks) {
    return !track.isVideo()
        && ticks > Math.max(2 * usualStep(), track.timescale().ofNanos(PAUSE_NANOS));
  }

  /** Whether one at or behind a time has come, so that nothing before it is to be expected. */
  boolean hasReached(long nanos) {
    Sample last = samples.peekLast();
    return last != null && nanosOf(last) >= nanos;
  }

  /**
   * Where they start within a time, or else where they stop, as far as that is known; the end of
   * the time when they do neither.
   *
   * @param unsureNanos so much may be missing at the end as long as nothing behind it has come
   */
  long boundaryWithin(long fromNanos, long untilNanos, long unsureNanos) {
    long negligible = track.timescale().toNanos(step()) * 3 / 2;
    long covered = fromNanos;
    for (Sample sample : samples) {
      long nanos = nanosOf(sample);
      if (nanos >= fromNanos && nanos < untilNanos) {
        if (covered == fromNanos && nanos - fromNanos > negligible) {
          return nanos;
        }
        covered = nanos + track.timescale().toNanos(step());
      }
    }
    long missing = untilNanos - covered;
    boolean stops = missing > (hasReached(untilNanos) ? negligible : unsureNanos);
    return covered > fromNanos && stops ? covered : untilNanos;
  }

  /** When one of them is presented. */
  long nanosOf(Sample sample) {
    return track.timescale().toNanos(sample.pts());
  }

  private long usualStep() {
    long ticksPerSecond = track.timescale().ticksPerSecond();
    long ticks =
        switch (track.format()) {
          case TrackFormat.Audio sound ->
              (long) sound.usualSamples() * ticksPerSecond / sound.clockRate();
          case TrackFormat.Video _ -> ticksPerSecond / 30;
        };
    return Math.max(1, ticks);
  }
}

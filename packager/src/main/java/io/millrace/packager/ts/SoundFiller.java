package io.millrace.packager.ts;

import io.millrace.packager.segment.TimedSample;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts silence where the sound beside pictures is away, once there has been any: players stand
 * still where one of the two ends. Silent frames follow the last frame that came, each where the
 * one before it ends, up to the next that comes or to where the pictures of the segment end. They
 * are whole: so less than one is missing there, nothing that comes is moved, and silence goes on in
 * the next segment where it ended. What comes when its time is listed as silence is left out.
 *
 * <p>Times are ticks of the sound's timescale, which changes only with a new timeline.
 */
final class SoundFiller {
  /** Sound that goes on later than this has paused; less is an encoder's or a clip's. */
  private static final long PAUSE_NANOS = 250_000_000;

  private static final long ROUNDING_TICKS = 1;

  private boolean heard;
  private boolean placed;
  private boolean silent;
  private long dropped;

  /** The start of the frame that the others are counted from, and how many there are with it. */
  private long firstTicks;

  private long frames;

  /** The next segment does not continue the one before. */
  void startTimeline() {
    placed = false;
    silent = false;
  }

  /** Frames that came when silence was listed in their place. */
  long dropped() {
    return dropped;
  }

  /**
   * The frames of a segment with silence between and behind them.
   *
   * @param silence a frame of it
   * @param start where the pictures start to be presented
   * @param end where they end
   */
  List<TimedSample> fill(List<TimedSample> samples, SilentFrame silence, long start, long end) {
    List<TimedSample> filled = new ArrayList<>(samples.size());
    for (TimedSample timed : samples) {
      if (!isListed(timed, silence)) {
        if (placed) {
          putSilence(silence, start, timed.sample().dts(), filled);
        }
        take(timed, filled);
      }
    }
    if (heard) {
      if (!placed) {
        place(start, 0);
      }
      putSilence(silence, start, end, filled);
    }
    return filled;
  }

  /** Those of a segment without pictures, with no silence. */
  List<TimedSample> pass(List<TimedSample> samples, SilentFrame silence) {
    List<TimedSample> passed = new ArrayList<>(samples.size());
    for (TimedSample timed : samples) {
      if (!isListed(timed, silence)) {
        take(timed, passed);
      }
    }
    return passed;
  }

  private boolean isListed(TimedSample timed, SilentFrame silence) {
    boolean listed = silent && endTicks(silence) - timed.sample().dts() > ROUNDING_TICKS;
    dropped += listed ? 1 : 0;
    return listed;
  }

  private void take(TimedSample timed, List<TimedSample> samples) {
    samples.add(timed);
    place(timed.sample().dts(), 1);
    heard = true;
    silent = false;
  }

  private void place(long ticks, long count) {
    firstTicks = ticks;
    frames = count;
    placed = true;
  }

  private long endTicks(SilentFrame silence) {
    return firstTicks + silence.ticks(frames);
  }

  private void putSilence(SilentFrame silence, long start, long until, List<TimedSample> filled) {
    long pause = Math.max(silence.ticks(2), silence.track().timescale().ofNanos(PAUSE_NANOS));
    long missing = until - endTicks(silence);
    if (!silent && missing <= pause) {
      return;
    }
    if (start - endTicks(silence) > pause) {
      // Segments without pictures lie between, or gaps.
      frames += silence.framesIn(start - endTicks(silence)) + 1;
    }
    for (long i = silence.framesIn(until - endTicks(silence)); i > 0; i--) {
      filled.add(silence.at(endTicks(silence)));
      frames++;
      silent = true;
    }
  }
}

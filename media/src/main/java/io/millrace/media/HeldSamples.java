package io.millrace.media;

import java.util.ArrayList;
import java.util.List;

/** The samples that a {@link SourceTimeline} holds back until it knows what happened. */
final class HeldSamples {
  private static final int MOST_SAMPLES = 1_000;
  private static final long MOST_BYTES = 8L << 20;

  /**
   * One of them.
   *
   * @param jumped whether its time does not continue its track's
   */
  record Held(SourceTrack track, Sample sample, long arrivedNanos, boolean jumped) {}

  private List<Held> held = new ArrayList<>();
  private long bytes;

  void add(Held next) {
    held.add(next);
    bytes += next.sample().payload().length();
  }

  /** Whether no more are held, whatever is not known yet. */
  boolean isFull() {
    return held.size() >= MOST_SAMPLES || bytes >= MOST_BYTES;
  }

  /**
   * Whether a break would cost the pictures up to the next key frame: the first one that jumped
   * goes on from those before.
   *
   * @param pauseNanos behind a pause of so long an encoder has begun anew
   */
  boolean jumpInsideGroup(long pauseNanos) {
    for (Held waiting : held) {
      SourceTrack track = waiting.track;
      if (waiting.jumped && track.video) {
        long passed = waiting.arrivedNanos - track.lastArrivedNanos;
        return !waiting.sample.sync() && track.started && passed < pauseNanos;
      }
    }
    return false;
  }

  /** Gives all of them away, in the order in which they came. */
  List<Held> take() {
    List<Held> taken = held;
    held = new ArrayList<>();
    bytes = 0;
    return taken;
  }
}

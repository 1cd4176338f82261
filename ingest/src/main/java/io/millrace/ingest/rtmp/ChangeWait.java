package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.TrackWait.Held;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds samples from a picture of another encoding on, until it is known whether the sound has
 * changed with it: at most for {@value #MAX_MILLIS} ms of pictures, {@value #MAX_SAMPLES} samples
 * or {@value #MAX_BYTES} bytes.
 */
final class ChangeWait {
  private static final int MAX_MILLIS = 500;
  private static final int MAX_SAMPLES = 512;
  private static final int MAX_BYTES = 16 << 20;

  private final PassedTime passed = new PassedTime();
  private final List<Held> held = new ArrayList<>();
  private long fromMillis;
  private long waitedMillis;
  private int bytes;

  /** Whether samples are held. */
  boolean isOpen() {
    return !held.isEmpty();
  }

  /** Where the first sample that is held stands on the publisher's timeline, in milliseconds. */
  long fromMillis() {
    return fromMillis;
  }

  /**
   * Holds a sample.
   *
   * @param millis where it stands on the publisher's timeline
   */
  void hold(long millis, Track track, Sample sample) {
    if (held.isEmpty()) {
      fromMillis = millis;
      waitedMillis = 0;
      bytes = 0;
      passed.restart();
    }
    if (track.isVideo()) {
      waitedMillis = passed.at(millis);
    }
    held.add(new Held(track, sample));
    bytes += sample.payload().length();
  }

  /** Whether no more is held, whatever is not known yet. */
  boolean isOver() {
    return waitedMillis >= MAX_MILLIS || held.size() >= MAX_SAMPLES || bytes > MAX_BYTES;
  }

  /** What is held, in order; nothing from then on. */
  List<Held> release() {
    List<Held> released = List.copyOf(held);
    held.clear();
    return released;
  }
}

package io.millrace.ingest.rtmp;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Holds a publisher's first samples until all tracks are known that may come, so that they are
 * announced once: at most for the track wait by the media's own time, or {@value #MAX_BYTES} bytes,
 * since a publisher may have only one track.
 */
final class TrackWait {
  private static final int MAX_BYTES = 16 << 20;

  /**
   * A sample that waits.
   *
   * @param track as it was when the sample came
   */
  record Held(Track track, Sample sample) {}

  private final long waitMillis;
  private final PassedTime passed = new PassedTime();
  private final List<Held> held = new ArrayList<>();
  private boolean video = true;
  private boolean audio = true;
  private Set<Integer> furtherAudio = Set.of();
  private long waitedMillis;
  private int bytes;

  TrackWait(long waitMillis) {
    this.waitMillis = waitMillis;
  }

  /** Takes what the publisher's metadata says will come. */
  void expect(StreamMetadata metadata) {
    if (metadata.video() || metadata.audio()) {
      video = metadata.video();
      audio = metadata.audio();
      furtherAudio = metadata.furtherAudio();
    }
  }

  /**
   * Holds a sample.
   *
   * @param millis where it stands on the publisher's timeline
   */
  void hold(long millis, Track track, Sample sample) {
    waitedMillis = passed.at(millis);
    held.add(new Held(track, sample));
    bytes += sample.payload().length();
  }

  /** Whether the wait is over. */
  boolean isOver(boolean videoKnown, Set<Integer> audioKnown) {
    boolean all =
        (videoKnown || !video)
            && (!audioKnown.isEmpty() || !audio)
            && audioKnown.containsAll(furtherAudio);
    return all || waitedMillis >= waitMillis || bytes > MAX_BYTES;
  }

  /** What waits, in order; empty from then on. */
  List<Held> release() {
    List<Held> released = List.copyOf(held);
    held.clear();
    return released;
  }
}

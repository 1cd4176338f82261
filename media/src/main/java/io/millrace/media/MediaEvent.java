package io.millrace.media;

import java.util.List;

/** What flows from a publisher to readers, in order. */
public sealed interface MediaEvent {
  /** The tracks of what follows: once before any sample, again when they change. */
  record TracksReady(List<Track> tracks) implements MediaEvent {
    public TracksReady {
      tracks = List.copyOf(tracks);
    }
  }

  /** One access unit. */
  record SampleReady(Sample sample) implements MediaEvent {}

  /**
   * The timeline of every track is broken here: what follows does not continue what came before. A
   * {@link TracksReady} comes next, then samples.
   *
   * @param mediaNanos where the broadcast's timeline goes on, in nanoseconds from its start
   */
  record Discontinuity(long mediaNanos) implements MediaEvent {}

  /** The broadcast is over: nothing follows. */
  record Ended(EndReason reason) implements MediaEvent {}
}

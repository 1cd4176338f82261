package io.millrace.media.cue;

import java.time.Instant;

/** When something is to happen in a broadcast. */
public sealed interface CueTime {
  /** Where the next segment is cut, which is wanted now. */
  record NextCut() implements CueTime {}

  /** By the wall clock, as programme dates tell it. */
  record At(Instant date) implements CueTime {}

  /** In nanoseconds from the broadcast's first sample. */
  record Media(long nanos) implements CueTime {}
}

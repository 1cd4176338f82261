package io.millrace.packager.cue;

import java.time.Instant;

/** The programme dates of a broadcast's playlists. */
public interface CueClock {
  /** The programme date of a moment, in nanoseconds from the first sample. */
  Instant wallAt(long mediaNanos);

  /** The moment of a programme date. */
  long mediaAt(Instant date);
}

package io.millrace.transcoding;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Gets what is read of a file, on the context on which it is read; nothing behind the end. */
public interface FileListener {
  /**
   * The tracks of what follows; first of all, and when they change.
   *
   * @param tracks the picture before the sound
   * @param duration of the whole file, where it says so
   */
  void tracks(List<Track> tracks, Optional<Duration> duration);

  /** The next access unit, in the file's order; media begins at 0 or a little before. */
  void sample(Sample sample);

  /** All of it has been read. */
  void ended();

  /**
   * It cannot be read, or not any further.
   *
   * @param reason for whoever has the file where it is the file's fault; else for the operator
   */
  void failed(boolean filesFault, String reason);
}

package io.millrace.packager;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.packager.clip.ClipFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads the H.264 and AAC tracks of a progressive MP4 file, sample by sample in order of decoding
 * time over both tracks. Blocks; used by one thread at a time.
 */
public final class ClipReader implements AutoCloseable {
  private final ClipFile file;

  private ClipReader(ClipFile file) {
    this.file = file;
  }

  /**
   * Opens a file and reads its tables.
   *
   * @throws io.millrace.media.MalformedMediaException when it is no MP4 file, or a broken one
   * @throws io.millrace.media.UnsupportedMediaException when it has nothing that can be published
   */
  public static ClipReader open(Path path) throws IOException {
    return new ClipReader(ClipFile.open(path));
  }

  /** One or two tracks. */
  public List<Track> tracks() {
    return file.tracks();
  }

  /** From the first sample's decoding to the longest track's end. */
  public Duration duration() {
    return file.duration();
  }

  /**
   * The next sample; empty at the end. Times are as the file's edit lists place them, so the first
   * ones may be negative.
   *
   * @throws io.millrace.media.MalformedMediaException when the file has become shorter
   */
  public Optional<Sample> next() throws IOException {
    return file.next();
  }

  /** Starts again with the first sample. */
  public void rewind() {
    file.rewind();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

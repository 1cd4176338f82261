package io.millrace.catalog.imports;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The disk that uploads are on, of which a tenth stays free. Blocks. */
class UploadRoom {
  private static final double LEAST_FREE = 0.10;

  private final Path directory;

  UploadRoom(Path directory) {
    this.directory = directory;
  }

  /**
   * Why so many bytes more are not taken, in words for whoever sends them.
   *
   * @throws UncheckedIOException when the disk does not tell
   */
  Optional<String> lackFor(long bytes) {
    try {
      FileStore disk = Files.getFileStore(directory);
      return lackFor(bytes, disk.getUsableSpace(), disk.getTotalSpace());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Optional<String> lackFor(long bytes, long free, long whole) {
    return free - bytes >= whole * LEAST_FREE
        ? Optional.empty()
        : Optional.of(
            "the server's disk has "
                + free / 1_000_000
                + " MB free, and 10 % of it stays free; delete recordings, or give data.dir more"
                + " room");
  }
}

package io.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of its own for what outlives one test, or is no test: removed with everything in it when
 * this is closed. A single test takes JUnit's {@code @TempDir}.
 */
public final class TempFolder implements AutoCloseable {
  private static final int ATTEMPTS = 10;

  private final Path path;

  private TempFolder(Path path) {
    this.path = path;
  }

  /**
   * @param name what its name begins with
   * @throws UncheckedIOException if it can't be made
   */
  public static TempFolder create(String name) {
    try {
      return new TempFolder(Files.createTempDirectory(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path path() {
    return path;
  }

  /** A write that was under way when its writer was stopped may still rename a file or make one. */
  @Override
  public void close() throws IOException {
    for (int left = ATTEMPTS; Files.exists(path); left--) {
      try {
        deleteAll();
      } catch (NoSuchFileException | DirectoryNotEmptyException | UncheckedIOException e) {
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  private void deleteAll() throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(path)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }
}

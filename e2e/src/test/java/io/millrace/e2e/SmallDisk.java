package io.millrace.e2e;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A file system of a few megabytes, in memory. */
final class SmallDisk implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Path path;

  private SmallDisk(Path path) {
    this.path = path;
  }

  /**
   * Mounts one over a folder; only root may, so that for others the test is skipped, loudly.
   *
   * @param size as {@code mount} takes it
   */
  static SmallDisk mount(Path folder, String size) {
    Tools.requireRoot();
    run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString());
    return new SmallDisk(folder);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    run("umount", "-l", path.toString());
  }

  private static void run(String... command) {
    try (Program program = Program.start(List.of(command))) {
      program.await(DEADLINE).orFail();
    }
  }
}

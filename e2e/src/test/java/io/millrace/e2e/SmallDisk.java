package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
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

  /**
   * Writes zeros until no more room than this is left.
   *
   * @param left bytes, a multiple of a page
   * @return a file; deleted, there is room again
   */
  Path fillUntil(long left) throws IOException {
    Path filler = path.resolve("filler-" + left);
    byte[] zeros = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (path.toFile().getUsableSpace() > left) {
        out.write(zeros);
      }
    }
    return filler;
  }

  /**
   * Writes zeros until there is no room left.
   *
   * @return a file; deleted, there is room again
   */
  Path fill() throws IOException {
    Path filler = path.resolve("filler");
    byte[] zeros = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (int written = 0; written < 1 << 30; written += zeros.length) {
        out.write(zeros);
      }
      throw new AssertionError("a small disk was expected");
    } catch (IOException full) {
      assertThat(filler.toFile().getUsableSpace()).isLessThan(zeros.length);
    }
    return filler;
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

package io.millrace.children;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Finds and ends what an earlier server left running. Blocks; Linux only ({@code /proc}). */
public final class LeftOvers {
  private LeftOvers() {}

  /** The process that a pid file names, if that very process still runs. */
  public static Optional<ProcessIdentity> named(Path pidFile) {
    return ProcessIdentity.read(pidFile).filter(ProcessIdentity::isRunning);
  }

  /**
   * Processes that run this program in this directory (as PostgreSQL and its workers do, whose
   * working directory is their data), whatever any pid file says.
   */
  public static List<ProcessIdentity> running(String program, Path directory) throws IOException {
    List<ProcessIdentity> found = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return found;
    }
    Path real = directory.toRealPath();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (link(process.resolve("cwd")).equals(real.toString())
            && programOf(process).equals(program)) {
          ProcessIdentity.of(Long.parseLong(process.getFileName().toString()))
              .ifPresent(found::add);
        }
      }
    }
    return found;
  }

  /**
   * Ends a process: each signal in turn with a second to obey, then {@link Signal#KILL}. A process
   * that took over the pid meanwhile is never touched.
   *
   * @throws IOException when it still runs after all that
   */
  public static void end(ProcessIdentity process, List<Signal> signals) throws IOException {
    List<Signal> all = new ArrayList<>(signals);
    all.add(Signal.KILL);
    for (Signal signal : all) {
      if (!process.isRunning()) {
        return;
      }
      signal.sendTo(process.pid());
      long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
      while (process.isRunning() && System.nanoTime() < deadline) {
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
    }
    if (process.isRunning()) {
      throw new IOException("process " + process.pid() + " cannot be ended");
    }
  }

  private static String link(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      // Gone meanwhile, or somebody else's.
      return "";
    }
  }

  /** The executable's file name; a replaced or deleted executable has kept it. */
  private static String programOf(Path process) {
    String executable = link(process.resolve("exe")).replaceFirst(" \\(deleted\\)$", "");
    return executable.substring(executable.lastIndexOf('/') + 1);
  }
}

package io.millrace.children;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process for all time: its pid may be given to another later, its start cannot.
 *
 * @param startTicks clock ticks from boot to its start ({@code proc(5)}, stat field 22)
 * @param boot the kernel's id of this boot; a pid file from before a reboot never matches
 */
public record ProcessIdentity(long pid, long startTicks, String boot) {

  /** The process that has this pid now; empty when none has, or when it is a zombie. */
  public static Optional<ProcessIdentity> of(long pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      // The name in parentheses may hold anything, so fields are counted from its end.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      if (fields[0].equals("Z") || fields[0].equals("X")) {
        return Optional.empty();
      }
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      return Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[19]), boot));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Whether this very process still runs. */
  public boolean isRunning() {
    return of(pid).filter(this::equals).isPresent();
  }

  /** Reads what {@link #write} wrote; empty where the file is missing or is something else. */
  static Optional<ProcessIdentity> read(Path file) {
    try {
      String[] words = Files.readString(file).strip().split(" ", -1);
      return words.length == 3
          ? Optional.of(
              new ProcessIdentity(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]))
          : Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, pid + " " + startTicks + " " + boot + "\n");
  }
}

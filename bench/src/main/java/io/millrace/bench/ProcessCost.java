package io.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What processes cost, as the system counts it (Linux, proc(5)). */
public final class ProcessCost {
  private static final double TICKS_PER_SECOND = 100;

  private ProcessCost() {}

  /** User and system time so far, in seconds of one core; nothing for those that have ended. */
  public static double cpuSeconds(List<ProcessHandle> processes) {
    return processes.stream().mapToDouble(ProcessCost::ticks).sum() / TICKS_PER_SECOND;
  }

  /** Proportional set size, in MiB. */
  public static double pssMegabytes(List<ProcessHandle> processes) {
    return processes.stream().mapToDouble(ProcessCost::pss).sum();
  }

  private static double ticks(ProcessHandle process) {
    String stat = read(process, "stat");
    if (stat.isEmpty()) {
      return 0;
    }
    // After the name, which is in brackets and may hold blanks: fields 14 and 15.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
  }

  private static double pss(ProcessHandle process) {
    return read(process, "smaps_rollup")
        .lines()
        .filter(line -> line.startsWith("Pss:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .sum();
  }

  private static String read(ProcessHandle process, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

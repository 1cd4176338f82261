package io.millrace.bench;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What an idle server costs: memory and processor over all of its processes (Linux). */
public final class IdleCost {
  private static final double MEMORY_GOAL_MB = 700;
  private static final double CPU_GOAL_PERCENT = 5;
  private static final double TICKS_PER_SECOND = 100;

  private IdleCost() {}

  public static void main(String[] args) throws InterruptedException {
    boolean shortForm = Form.isShort(args);
    Form.print(
        measure(Duration.ofSeconds(shortForm ? 1 : 20), Duration.ofSeconds(shortForm ? 3 : 30)));
  }

  /**
   * Starts everything, lets it settle and looks at it.
   *
   * @param settle before anything is measured
   * @param observe how long the processor's time is counted
   */
  public static List<Row> measure(Duration settle, Duration observe) throws InterruptedException {
    Path data = Form.newFolder();
    try (MillraceProcess server = MillraceProcess.serve(data, Ports.free(), Map.of())) {
      Thread.sleep(settle);
      List<ProcessHandle> processes = server.processes();
      double ticks = ticks(processes);
      long began = System.nanoTime();
      Thread.sleep(observe);
      double seconds = (System.nanoTime() - began) / 1e9;
      double percent = (ticks(processes) - ticks) / TICKS_PER_SECOND / seconds * 100;
      double megabytes = processes.stream().mapToDouble(IdleCost::pssMegabytes).sum();
      String how = processes.size() + " processes (server, database), every role, no stream";
      return List.of(
          Row.atMost("idle memory (proportional set size)", megabytes, MEMORY_GOAL_MB, "MB", how),
          Row.atMost(
              "idle processor",
              percent,
              CPU_GOAL_PERCENT,
              "% of a core",
              how + ", over " + observe.toSeconds() + " s"));
    } finally {
      Form.delete(data);
    }
  }

  private static double ticks(List<ProcessHandle> processes) {
    return processes.stream().mapToDouble(IdleCost::ticks).sum();
  }

  /** User and system time of one process, in ticks; 0 when it has ended. */
  private static double ticks(ProcessHandle process) {
    String stat = read(process, "stat");
    if (stat.isEmpty()) {
      return 0;
    }
    // After the name, which is in brackets and may hold blanks: fields 14 and 15 of proc(5).
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
  }

  private static double pssMegabytes(ProcessHandle process) {
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

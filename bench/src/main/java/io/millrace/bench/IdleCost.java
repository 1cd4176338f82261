package io.millrace.bench;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What an idle server costs: memory and processor over all of its processes (Linux). */
public final class IdleCost {
  private static final double MEMORY_GOAL_MB = 700;
  private static final double CPU_GOAL_PERCENT = 5;

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
    try (MillraceProcess server =
        MillraceProcess.serve(data, Ports.free(), Map.of(MillraceProcess.ROLES, ""))) {
      Thread.sleep(settle);
      List<ProcessHandle> processes = server.processes();
      double before = ProcessCost.cpuSeconds(processes);
      long began = System.nanoTime();
      Thread.sleep(observe);
      double seconds = (System.nanoTime() - began) / 1e9;
      double percent = (ProcessCost.cpuSeconds(processes) - before) / seconds * 100;
      double megabytes = ProcessCost.pssMegabytes(processes);
      String how = processes.size() + " processes (server, database, Kafka), every role, no stream";
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
}

package io.millrace.bench;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * From the start of the process to ready: the very first time, later, and later without the JVM's
 * start-up cache ({@code lib/millrace.aot}).
 */
public final class StartUp {
  private static final double FIRST_GOAL_SECONDS = 8;
  private static final double ALL_GOAL_SECONDS = 5;
  private static final double ROLES_GOAL_SECONDS = 2;
  private static final List<String> ALL = List.of("serve");
  private static final List<String> ROLES = List.of("serve", "--role", "origin,edge,catalog");
  private static final Map<String, String> WITHOUT_CACHE =
      Map.of("MILLRACE_JVM_OPTIONS", "-XX:AOTMode=off");

  private StartUp() {}

  public static void main(String[] args) {
    Form.print(measure(Form.isShort(args) ? 1 : 5));
  }

  /** Measures each kind of start so many times. */
  public static List<Row> measure(int times) {
    double[] first = new double[times];
    double[] all = new double[times];
    double[] later = new double[times];
    double[] plain = new double[times];
    for (int i = 0; i < times; i++) {
      Path data = Form.newFolder();
      try {
        first[i] = start(data, Map.of(MillraceProcess.ROLES, ""), ALL);
        all[i] = start(data, Map.of(MillraceProcess.ROLES, ""), ALL);
        later[i] = start(data, Map.of(), ROLES);
        plain[i] = start(data, WITHOUT_CACHE, ROLES);
      } finally {
        Form.delete(data);
      }
    }
    return List.of(
        row("very first start of all roles to ready (makes databases)", first, FIRST_GOAL_SECONDS),
        row("`serve`, all roles, to ready", all, ALL_GOAL_SECONDS),
        row("`serve --role origin,edge,catalog` to ready", later, ROLES_GOAL_SECONDS),
        row("the same without the start-up cache", plain, ROLES_GOAL_SECONDS));
  }

  private static double start(Path data, Map<String, String> settings, List<String> command) {
    long began = System.nanoTime();
    try (MillraceProcess server = MillraceProcess.start(data, Ports.free(), settings, command)) {
      server.awaitReady();
      return (System.nanoTime() - began) / 1e9;
    }
  }

  private static Row row(String what, double[] seconds, double goal) {
    Sample sample = new Sample(seconds);
    return Row.atMost(what, sample.median(), goal, "s", sample.spread("s"));
  }
}

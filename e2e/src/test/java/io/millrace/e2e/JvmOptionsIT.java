package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Ports;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the start script tells the JVM, seen in the program that runs. */
class JvmOptionsIT {
  private static final List<String> COMMAND = List.of("serve", "--role", "origin,edge");

  @TempDir private Path data;

  @Test
  void aCollectorThatTheOperatorNamesIsTheOneThatRuns() {
    Map<String, String> settings = Map.of("MILLRACE_JVM_OPTIONS", "-XX:+UseSerialGC");
    try (MillraceProcess server = MillraceProcess.start(data, Ports.free(), settings, COMMAND)) {
      server.awaitReady();
      assertThat(collectors(server)).contains("gc=\"Copy\"").doesNotContain("Shenandoah", "ZGC");
    }
  }

  @Test
  void theStartUpCacheIsUsedWithTheFlagsOfTheStartScript() {
    // The JVM ends at once where it cannot use the cache.
    Map<String, String> settings = Map.of("MILLRACE_JVM_OPTIONS", "-XX:AOTMode=on");
    try (MillraceProcess server = MillraceProcess.start(data, Ports.free(), settings, COMMAND)) {
      server.awaitReady();
      assertThat(collectors(server)).containsAnyOf("Shenandoah", "ZGC");
    }
  }

  private static String collectors(MillraceProcess server) {
    return server
        .fetch(server.management("/metrics"))
        .map(metrics -> metrics.body().lines())
        .orElseThrow()
        .filter(line -> line.startsWith("jvm_gc_collection_seconds_count"))
        .reduce("", String::concat);
  }
}

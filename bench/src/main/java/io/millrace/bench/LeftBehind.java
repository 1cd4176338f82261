package io.millrace.bench;

import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a server holds at one moment, right after a full collection.
 *
 * @param heapBytes of objects that can be reached, all classes together
 * @param directBytes of buffers outside the heap, Netty's with them
 * @param handles open file descriptors
 * @param transcoders child processes that decode and encode
 * @param threads platform threads
 * @param residentBytes of the process, as the system counts them
 * @param classes bytes of reachable objects by class
 */
public record LeftBehind(
    double heapBytes,
    double directBytes,
    double handles,
    double transcoders,
    double threads,
    double residentBytes,
    Map<String, Long> classes) {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** On a busy machine {@code jcmd} may get no answer in time. */
  private static final int ATTEMPTS = 3;

  private static final int MOST_GROWN = 5;

  /** Looks at a server. */
  public static LeftBehind of(MillraceProcess server) {
    // Collects all garbage before it counts.
    Map<String, Long> classes = histogram(server.program().pid());
    return new LeftBehind(
        classes.values().stream().mapToLong(Long::longValue).sum(),
        server.counter("jvm_buffer_pool_used_bytes"),
        server.counter("process_open_fds"),
        server.transcoders().size(),
        server.counter("jvm_threads_current"),
        server.counter("process_resident_memory_bytes"),
        classes);
  }

  /** The classes whose objects take more than they did before, the most first, in words. */
  public String grown(LeftBehind before) {
    return classes.entrySet().stream()
        .map(
            entry ->
                Map.entry(
                    entry.getKey(),
                    entry.getValue() - before.classes.getOrDefault(entry.getKey(), 0L)))
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MOST_GROWN)
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Long> histogram(long pid) {
    Map<String, Long> bytes = new HashMap<>();
    // As "   1:         12345        1234567  [B (java.base@25)".
    for (String line : jcmd(pid, "GC.class_histogram").lines().toList()) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length >= 4 && words[0].matches("\\d+:")) {
        bytes.merge(words[3], Long.parseLong(words[2]), Long::sum);
      }
    }
    return bytes;
  }

  private static String jcmd(long pid, String what) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    AssertionError last = new AssertionError();
    for (int i = 0; i < ATTEMPTS; i++) {
      try (Program program = Program.start(List.of(jcmd, Long.toString(pid), what))) {
        return program.await(DEADLINE).orFail().text();
      } catch (AssertionError unanswered) {
        last = unanswered;
      }
    }
    throw last;
  }
}

package io.millrace.broker.kafka;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The child's program: Kafka's jars, which are not on the server's own class path, run by the
 * server's JDK.
 *
 * @param classPath in this order; the start-up cache is good for no other
 * @param home where the distribution keeps them, and a start-up cache; empty outside of one
 */
public record KafkaProgram(List<Path> classPath, Optional<Path> home) {
  private static final String MAIN = "io.millrace.kafka.Main";

  /**
   * The heap is more than an idle node needs (50 MB) and less than bursts would take if they could.
   * Two cores of a small machine collect 256 MB serially in some milliseconds, and without the
   * threads of other collectors. No file in {@code /tmp}, which would be written to while idle.
   */
  private static final List<String> FLAGS =
      List.of(
          "-Xms32m",
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:ReservedCodeCacheSize=64m",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  public KafkaProgram {
    classPath = List.copyOf(classPath);
  }

  /**
   * The one of a distribution: {@code lib/kafka/class-path} names its jars, one a line, relative to
   * the distribution.
   *
   * @throws IOException when it carries none
   */
  public static KafkaProgram of(Path distribution) throws IOException {
    Path home = distribution.resolve("lib/kafka");
    List<Path> jars = new ArrayList<>();
    for (String line : Files.readAllLines(home.resolve("class-path"))) {
      if (!line.isBlank()) {
        jars.add(distribution.resolve(line.strip()).toAbsolutePath().normalize());
      }
    }
    return new KafkaProgram(jars, Optional.of(home));
  }

  /**
   * Makes its start-up cache, unless there is one that this JDK takes; blocks for some ten seconds.
   *
   * @param scratch an empty directory
   * @return whether there is one
   */
  public boolean makeStartCache(Path scratch) throws IOException, InterruptedException {
    return new StartCache(this, scratch).make().isPresent();
  }

  /**
   * The command line.
   *
   * @param flags of this run alone
   * @param arguments of the program
   */
  List<String> command(List<String> flags, Path crashReports, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(flags);
    command.add("-XX:ErrorFile=" + crashReports.resolve("hs_err_pid%p.log"));
    command.add("-cp");
    command.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(MAIN);
    command.addAll(arguments);
    return command;
  }

  /**
   * What a start-up cache depends on: the JVM refuses it when any of it differs. Empty where the
   * class path holds anything but jars, for which there are no caches.
   */
  Optional<String> madeOf() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(System.getProperty("java.vm.version")).append('\n');
    text.append(String.join(" ", FLAGS)).append('\n');
    for (Path jar : classPath) {
      if (!Files.isRegularFile(jar)) {
        return Optional.empty();
      }
      text.append(jar.getFileName())
          .append(' ')
          .append(Files.size(jar))
          .append(' ')
          .append(Files.getLastModifiedTime(jar))
          .append('\n');
    }
    return Optional.of(text.toString());
  }
}

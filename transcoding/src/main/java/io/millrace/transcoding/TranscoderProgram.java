package io.millrace.transcoding;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The child's program: jars that are not on the server's own class path, run by the server's JDK.
 *
 * @param classPath in this order
 */
public record TranscoderProgram(List<Path> classPath) {
  private static final String MAIN = "io.millrace.transcoder.Main";

  /**
   * What is in the heap is a few samples on their way and the loaded classes; pictures are outside
   * of it. The loops that matter are native, so the first compiler does. JavaCPP neither counts
   * native memory, for which it would ask the system at each allocation, nor frees it when the
   * collector finds out: all is freed by hand.
   */
  private static final List<String> FLAGS =
      List.of(
          "-Xms16m",
          "-Xmx96m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=24m",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-CreateCoredumpOnCrash",
          "--enable-native-access=ALL-UNNAMED",
          "-Dorg.bytedeco.javacpp.maxBytes=0",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
          "-Dorg.bytedeco.javacpp.noPointerGC=true");

  public TranscoderProgram {
    classPath = List.copyOf(classPath);
  }

  /**
   * The one of a distribution: {@code lib/transcoder/class-path} names its jars, one a line,
   * relative to the distribution.
   *
   * @throws IOException when it carries none
   */
  public static TranscoderProgram of(Path distribution) throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String line : Files.readAllLines(distribution.resolve("lib/transcoder/class-path"))) {
      if (!line.isBlank()) {
        jars.add(distribution.resolve(line.strip()).toAbsolutePath().normalize());
      }
    }
    return new TranscoderProgram(jars);
  }

  /**
   * The command line. Its niceness is a little more than the server's: where cores are short, what
   * is passed through goes on, and rungs fall behind. (Where the kernel gives each session the same
   * share, as desktops do, niceness means nothing between the two.)
   *
   * @param home where it unpacks the native libraries and leaves crash reports
   */
  List<String> command(Path home, Path socket, List<String> encoders) {
    List<String> command = new ArrayList<>(List.of("nice", "-n", "5"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + home.resolve("natives"));
    command.add("-XX:ErrorFile=" + home.resolve("hs_err_pid%p.log"));
    command.add("-cp");
    command.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(MAIN);
    command.add(socket.toString());
    command.add(String.join(",", encoders));
    return command;
  }
}

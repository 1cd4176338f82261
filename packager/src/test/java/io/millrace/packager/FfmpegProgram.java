package io.millrace.packager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg and ffprobe executables that the test libraries carry. */
final class FfmpegProgram {
  private FfmpegProgram() {}

  /** One hash for each frame of what a source decodes or, copied, contains. */
  static List<String> frameHashes(String source, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class)));
    command.addAll(List.of("-v", "error", "-live_start_index", "0"));
    if (!source.contains(".m3u8")) {
      command.subList(command.size() - 2, command.size()).clear();
    }
    command.addAll(List.of("-i", source));
    command.addAll(Arrays.asList(options));
    command.addAll(List.of("-fps_mode", "passthrough", "-f", "framemd5", "-"));
    List<String> hashes = new ArrayList<>();
    for (String line : run(command).split("\n", -1)) {
      if (!line.startsWith("#") && !line.isBlank()) {
        hashes.add(line.substring(line.lastIndexOf(',') + 1).strip());
      }
    }
    return hashes;
  }

  /** What ffprobe says. */
  static String probe(String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(Loader.load(org.bytedeco.ffmpeg.ffprobe.class), "-v", "error"));
    command.addAll(Arrays.asList(options));
    return run(command);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("ffmpeg", ".out");
    Path errors = Files.createTempFile("ffmpeg", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("not within 60 s: " + command);
      }
      String complaints = Files.readString(errors, StandardCharsets.UTF_8);
      if (process.exitValue() != 0 || !complaints.isBlank()) {
        throw new AssertionError(command + " says: " + complaints);
      }
      return Files.readString(out, StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(errors);
    }
  }
}

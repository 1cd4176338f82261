package io.millrace.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * The {@code ffmpeg} and {@code ffprobe} executables that the Bytedeco jar carries, so that a bare
 * machine can test. They run as processes of their own; nothing native is loaded into this one.
 */
public final class Ffmpeg {
  private Ffmpeg() {}

  /** The path of the {@code ffmpeg} executable; unpacked on first use. */
  public static String executable() {
    return Executables.FFMPEG;
  }

  /** The path of the {@code ffprobe} executable; unpacked on first use. */
  public static String probeExecutable() {
    return Executables.FFPROBE;
  }

  /** Starts {@code ffmpeg}, quiet but for warnings. */
  public static Program start(String... arguments) {
    return start(List.of(arguments));
  }

  /** Starts {@code ffmpeg}, quiet but for warnings. */
  public static Program start(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(executable(), "-hide_banner", "-nostdin", "-nostats"));
    command.addAll(List.of("-loglevel", "warning"));
    command.addAll(arguments);
    return Program.start(command);
  }

  /** Runs {@code ffmpeg} to its end. */
  public static Program.Result run(Duration deadline, String... arguments) {
    try (Program program = start(arguments)) {
      return program.await(deadline);
    }
  }

  /** Runs {@code ffprobe} to its end; its answer is the result's text. */
  public static Program.Result probe(Duration deadline, String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(probeExecutable(), "-hide_banner", "-loglevel", "warning"));
    command.addAll(List.of(arguments));
    try (Program program = Program.start(command)) {
      return program.await(deadline);
    }
  }

  /** Unpacks on first use, once. */
  private static final class Executables {
    static final String FFMPEG = Loader.load(org.bytedeco.ffmpeg.ffmpeg.class);
    static final String FFPROBE = Loader.load(org.bytedeco.ffmpeg.ffprobe.class);
  }
}

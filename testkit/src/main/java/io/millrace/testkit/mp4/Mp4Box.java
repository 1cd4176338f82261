package io.millrace.testkit.mp4;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A parser of MP4 that is not ours: mp4box from npm, pinned by its lock file, run by Node. */
public final class Mp4Box {
  private static final String FOLDER = "testkit/src/main/mp4box";
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private Mp4Box() {}

  /**
   * What it understands of a file with header and fragments, as JSON: {@code tracks} with codec,
   * sizes, decoder {@code configuration} and {@code samples}, the {@code types} of all boxes as
   * paths, and {@code problems}. Without Node the test is skipped loudly, and fails where {@code
   * CI=true}.
   */
  public static String read(Path file) {
    String node = Tools.require("node");
    Path scripts = Clips.repositoryRoot().resolve(FOLDER);
    if (!Files.isDirectory(scripts.resolve("node_modules/mp4box"))) {
      run(scripts, Tools.require("npm"), "ci", "--no-audit", "--no-fund");
    }
    return run(scripts, node, "boxes.mjs", file.toAbsolutePath().toString());
  }

  private static String run(Path folder, String... command) {
    try (Program program = Program.start(List.of(command), Map.of(), folder)) {
      return program.await(DEADLINE).orFail().text();
    }
  }
}

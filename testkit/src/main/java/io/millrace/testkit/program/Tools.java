package io.millrace.testkit.program;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Programs that a machine may not have. A test that needs one is skipped loudly without it. */
public final class Tools {
  private Tools() {}

  /**
   * The path of a program that the test needs.
   *
   * @throws org.opentest4j.TestAbortedException when it is missing: the test is skipped
   * @throws AssertionError instead, where the environment says {@code CI=true}
   */
  public static String require(String name) {
    Optional<Path> found = find(name);
    if (found.isEmpty()) {
      String words = "SKIPPED: " + name + " is not installed on this machine";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(words + ", and CI must run every test");
      }
      System.err.println(words);
      Assumptions.abort(words);
    }
    return found.orElseThrow().toString();
  }

  /**
   * For tests that mount file systems.
   *
   * @throws org.opentest4j.TestAbortedException for anyone but root: the test is skipped
   */
  public static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      String words = "SKIPPED: only root may mount file systems";
      System.err.println(words);
      Assumptions.abort(words);
    }
  }

  /** The path of a program, where it is installed. */
  public static Optional<Path> find(String name) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

package io.millrace.e2e;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The machine's Chromium, driven by the scripts of {@code e2e/browser}. */
final class Browser {
  private static final Path SCRIPTS = Clips.repositoryRoot().resolve("e2e/browser");
  private static final Duration INSTALLED = Duration.ofMinutes(2);

  private Browser() {}

  /** The path of Chromium; without it the test is skipped. */
  static String executable() {
    return Tools.require("chromium");
  }

  /** Starts a script with Node. */
  static Program start(String script, List<String> arguments) {
    install();
    List<String> command = new ArrayList<>(List.of(Tools.require("node"), script));
    command.addAll(arguments);
    return Program.start(command, Map.of(), SCRIPTS);
  }

  /** An object as the scripts write it; JSON is YAML. */
  static Map<?, ?> json(String text) {
    return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  /** What the scripts need, pinned by its lock file; again when that has changed. */
  private static synchronized void install() {
    Path mark = SCRIPTS.resolve("node_modules/.installed");
    try {
      String lock = Files.readString(SCRIPTS.resolve("package-lock.json"));
      if (Files.isRegularFile(mark) && Files.readString(mark).equals(lock)) {
        return;
      }
      List<String> command = List.of(Tools.require("npm"), "ci", "--no-audit", "--no-fund");
      try (Program npm = Program.start(command, Map.of(), SCRIPTS)) {
        npm.await(INSTALLED).orFail();
      }
      Files.writeString(mark, lock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.Main;
import io.millrace.testkit.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogFormatTest {
  /** What is piped is no terminal, so a server's lines would be JSON. */
  @Test
  void whatAServerCanDoIsToldInPlainTextThroughAPipeToo() {
    for (String question : List.of("--help", "-h")) {
      Program.Result result = run("serve", question);
      assertThat(result.text()).startsWith("Usage: millrace serve");
      assertThat(result.errors()).isEmpty();
    }
    assertThat(run("serve", "--role", "shield").errors())
        .as("what a server says itself")
        .startsWith("{");
  }

  private static Program.Result run(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                // The program's own, not that of tests.
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    try (Program program = Program.start(command, Map.of(), Path.of(""))) {
      return program.await(Duration.ofSeconds(30));
    }
  }
}

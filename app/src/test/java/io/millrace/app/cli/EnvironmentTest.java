package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is exported in a shell, where servers and commands are started. */
@Timeout(120)
class EnvironmentTest {
  private static final String NOBODY = "http://127.0.0.1:1";

  @TempDir Path folder;

  private record Ended(int code, String said) {}

  private Ended run(String... args) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.millrace.app.Main"));
    command.addAll(Arrays.asList(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("MILLRACE_SERVER", NOBODY);
    builder.environment().put("MILLRACE_TOKEN", "secret");
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }

  @Test
  void whatIsForCommandsIsNoUnknownSettingOfAServer() throws Exception {
    Ended check = run("config", "check", "--data", folder.toString());

    assertThat(check.code()).as(check.said()).isZero();
  }

  @Test
  void theServerIsThatOfEveryCommandThatAsksOne() throws Exception {
    Files.writeString(folder.resolve("local-credential"), "ml_test\n");

    for (String group : List.of("topic", "key")) {
      Ended list = run(group, "list", "--data", folder.toString());
      assertThat(list.code()).as(list.said()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(list.said()).contains("no server answers at " + NOBODY);
    }
  }
}

package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @Test
  void keepsBothOutputsAndTheExitCode(@TempDir Path folder) {
    List<String> command = List.of("sh", "-c", "echo $GREETING; pwd; echo oh >&2; exit 3");
    try (Program program = Program.start(command, Map.of("GREETING", "hello"), folder)) {
      Program.Result result = program.await(DEADLINE);
      assertThat(result.text()).isEqualTo("hello\n" + folder + "\n");
      assertThat(result.errors()).isEqualTo("oh\n");
      assertThat(result.exitCode()).isEqualTo(3);
      assertThatThrownBy(result::orFail)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("oh");
    }
  }

  @Test
  void killsWhatIsStillRunningAtTheDeadline() {
    try (Program program = Program.start(List.of("sleep", "60"))) {
      assertThatThrownBy(() -> program.await(Duration.ofMillis(100)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("still running");
      assertThat(program.await(DEADLINE).exitCode()).isEqualTo(128 + 9);
    }
  }

  @Test
  void leavesNothingBehindWhenItIsClosed() {
    Program program = Program.start(List.of("sh", "-c", "sleep 60 & wait"));
    List<ProcessHandle> all;
    do {
      all = ProcessHandle.of(program.pid()).orElseThrow().descendants().toList();
    } while (all.isEmpty());
    program.close();
    assertThat(program.await(DEADLINE).exitCode()).isEqualTo(128 + 9);
    all.forEach(
        child -> child.onExit().orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join());
  }
}

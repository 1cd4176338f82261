package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class KilledServerTest {
  /** Two seconds are promised; a machine that builds several things at once may take longer. */
  private static final Duration UNDER_LOAD = Duration.ofSeconds(8);

  /** Of a server that is killed nobody tidies up. */
  @TempDir private Path folder;

  @Test
  void theTranscoderEndsWithAServerThatIsKilled() {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            System.getProperty("java.class.path"),
            ServerForTest.class.getName());
    try (Program server = Program.start(command)) {
      await().until(() -> server.outputSoFar().contains("transcoder "));
      String said = server.outputSoFar();
      long pid = Long.parseLong(said.substring(said.lastIndexOf("transcoder ") + 11).strip());
      assertThat(ProcessHandle.of(pid)).isPresent();

      server.kill();

      await()
          .atMost(UNDER_LOAD)
          .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }
  }
}

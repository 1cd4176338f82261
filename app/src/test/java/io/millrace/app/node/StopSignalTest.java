package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class StopSignalTest {
  @TempDir Path folder;

  /** The very first start, which makes the database's cluster, is the longest. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalDuringTheFirstStartEndsItCleanlyAndTheNextStartGoesOn(String signal)
      throws Exception {
    Process server = server();
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> Files.exists(folder.resolve("data/postgres")));
      signal(signal, server.pid());

      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isZero();
      assertThat(folder.resolve("data/run/postgres.pid")).doesNotExist();
    } finally {
      server.destroyForcibly();
    }

    Process again = server();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(folder.resolve("out")).contains("ready"));
      signal(signal, again.pid());
      assertThat(again.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(again.exitValue()).isZero();
    } finally {
      again.destroyForcibly();
    }
  }

  private Process server() throws IOException {
    Path out = folder.resolve("out");
    Files.deleteIfExists(out);
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                // Whoever is started in the background by a shell ignores SIGINT, and so would
                // the server.
                "env",
                "--default-signal=INT",
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--role",
                "catalog",
                "--data",
                folder.resolve("data").toString()));
    builder.environment().put("MILLRACE_HTTP_PORT", "0");
    builder.environment().put("MILLRACE_HTTP_HOST", "127.0.0.1");
    builder.environment().put("MILLRACE_MANAGEMENT_PORT", "0");
    return builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + pid).inheritIO().start().waitFor())
        .isZero();
  }
}

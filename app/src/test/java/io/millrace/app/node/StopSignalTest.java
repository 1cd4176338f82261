package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
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
    Process server = server("catalog", Map.of());
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> Files.exists(folder.resolve("data/postgres")));
      signal(signal, server.pid());

      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).as(() -> read(folder.resolve("out"))).isZero();
      assertThat(folder.resolve("data/run/postgres.pid")).doesNotExist();
    } finally {
      server.destroyForcibly();
    }

    Process again = server("catalog", Map.of());
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(folder.resolve("out")).contains("ready"));
      signal(signal, again.pid());
      assertThat(again.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(again.exitValue()).as(() -> read(folder.resolve("out"))).isZero();
    } finally {
      again.destroyForcibly();
    }
  }

  /** Broadcasters are let in before the log is there, and end in order without it. */
  @Test
  void aSignalWhileTheLogIsWaitedForEndsTheStartCleanly() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      silent.setSoTimeout(60_000);
      Process server =
          server(
              "origin,broker",
              Map.of(
                  "MILLRACE_BROKER_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + silent.getLocalPort()));
      try {
        silent.accept();
        signal("TERM", server.pid());

        assertThat(server.waitFor(14, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).as(() -> read(folder.resolve("out"))).isZero();
      } finally {
        server.destroyForcibly();
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process server(String roles, Map<String, String> more) throws IOException {
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
                roles,
                "--data",
                folder.resolve("data").toString()));
    // Making a cluster is not interrupted, and takes its time on a busy machine.
    builder.environment().put("MILLRACE_STOP_TIMEOUT", "55s");
    builder.environment().put("MILLRACE_HTTP_PORT", "0");
    builder.environment().put("MILLRACE_HTTP_HOST", "127.0.0.1");
    builder.environment().put("MILLRACE_MANAGEMENT_PORT", "0");
    builder.environment().put("MILLRACE_ORIGIN_PORT", "0");
    builder.environment().put("MILLRACE_INGEST_RTMP_PORT", "0");
    builder.environment().put("MILLRACE_BROKER_MQTT_PORT", "0");
    builder.environment().putAll(more);
    return builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + pid).inheritIO().start().waitFor())
        .isZero();
  }
}

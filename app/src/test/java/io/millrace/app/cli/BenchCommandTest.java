package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BenchCommandTest {
  @TempDir Path folder;

  private final FakeBroker broker = new FakeBroker();

  @AfterEach
  void close() {
    broker.close();
  }

  private CommandRun run(String... args) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(Arrays.asList(args));
    // The bound is not what is under test: a busy machine may stand still for long.
    all.addAll(List.of("--server", broker.address(), "--key", "good", "--connect-timeout", "50s"));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void publishesAtItsRateAndSaysHowLateTheAcknowledgementsAre() {
    CommandRun run =
        run(
            "pub",
            "plant/a",
            "--rate",
            "200",
            "--duration",
            "500ms",
            "--connections",
            "2",
            "--json");

    JsonObject report = run.json();
    assertThat(run.code()).isZero();
    assertThat(report.getLong("sent")).isEqualTo(100);
    assertThat(report.getInteger("connections")).isEqualTo(2);
    assertThat(report.getJsonObject("latencyMillis").getDouble("max")).isPositive();
    assertThat(broker.published).hasSize(100);
    assertThat((byte[]) broker.published.getFirst().get("payload")).hasSize(100);
  }

  @Test
  void everySubscriberGetsEveryMessage() throws Exception {
    CommandRun run =
        run(
            "fanout",
            "plant/a",
            "--subscribers",
            "5",
            "--opening",
            "2",
            "--rate",
            "50",
            "--duration",
            "400ms",
            "--json");

    JsonObject report = run.json();
    assertThat(report.getLong("sent")).isEqualTo(20);
    assertThat(report.getLong("received")).isEqualTo(100);

    Path file = Files.writeString(folder.resolve("report"), run.out());
    CommandRun merged = CommandRun.of("bench", "merge", file.toString(), file.toString(), "--json");
    assertThat(merged.json().getLong("received")).isEqualTo(200);
    assertThat(CommandRun.of("bench", "merge", "no-such-file").code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void whatIsNotAcknowledgedIsAFailure() {
    CommandRun run = run("pub", "shut/a", "--rate", "20", "--duration", "200ms");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).contains("failed       4");
  }

  @Test
  void aDeliveryThatIsMissingIsAFailure() {
    CommandRun run =
        run("fanout", "lossy/a", "--subscribers", "3", "--rate", "20", "--duration", "200ms");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).contains("published    4").contains("missing      12");
  }

  @Test
  void withoutAServerItSaysSoAtOnce() {
    for (String load : List.of("pub", "sub", "fanout")) {
      CommandRun run =
          CommandRun.of(
              "bench", load, "a/b", "--server", "http://127.0.0.1:1", "--connect-timeout", "59s");
      assertThat(run.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(run.err()).contains("no server answers at http://127.0.0.1:1");
    }
  }

  @Test
  void aFanoutNeedsARate() {
    assertThat(run("fanout", "plant/a", "--rate", "0").code()).isEqualTo(ExitCode.USAGE);
    assertThat(run("sub", "plant/a", "--subscribers", "0").code()).isEqualTo(ExitCode.USAGE);
  }
}

package io.millrace.children;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ChildProcessTest {
  private static final String STUBBORN =
      "trap '' INT TERM; sleep 60 & echo ready $$ $!; while :; do sleep 0.1; done";
  private static final String OBEDIENT =
      "trap 'echo asked; exit 3' TERM; echo ready $$ $$; while :; do sleep 0.1; done";

  /** Two seconds are promised; a machine that builds several things at once may take longer. */
  private static final Duration UNDER_LOAD = Duration.ofSeconds(8);

  @TempDir Path directory;

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<ChildProcess> started = new ArrayList<>();

  @AfterEach
  void endAll() throws IOException {
    for (ChildProcess child : started) {
      child.stop(Duration.ZERO);
    }
  }

  @Test
  void runsAndTellsItsExitStatus() throws Exception {
    ChildProcess child = start("echo hello; exit 7");

    assertThat(line()).isEqualTo("hello");
    assertThat(child.exited().get()).isEqualTo(7);
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void stopsWithinItsGraceWhenItObeys() throws Exception {
    ChildProcess child = start(OBEDIENT);
    line();

    assertThat(child.stop(Duration.ofSeconds(10))).isEqualTo(3);
    assertThat(line()).isEqualTo("asked");
  }

  @Test
  void killsAStubbornChildAndItsChildrenAfterTheGrace() throws Exception {
    ChildProcess child = start(STUBBORN);
    List<ProcessIdentity> processes = processesIn(line());

    child.stop(Duration.ofMillis(200));

    await().until(() -> processes.stream().noneMatch(ProcessIdentity::isRunning));
  }

  @Test
  void passesOtherSignalsOnAndLivesOn() throws Exception {
    ChildProcess child = start("trap 'echo noted' QUIT; echo ready; while :; do sleep 0.1; done");
    line();

    child.signal(Signal.QUIT);

    assertThat(line()).isEqualTo("noted");
    assertThat(child.isAlive()).isTrue();
  }

  @Test
  void keepsTheServersSecretsFromTheChild() throws Exception {
    ChildProcess child =
        ChildProcess.start(
            command("env", Map.of("GIVEN", "1"), Optional.empty(), List.of(Signal.TERM)));
    started.add(child);
    child.exited().get();
    await().until(() -> lines.contains("GIVEN=1"));

    assertThat(lines)
        .allMatch(line -> line.matches("(PATH|HOME|LANG|TZ|TMPDIR|GIVEN|PWD|OLDPWD|SHLVL|_)=.*"));
  }

  @Test
  void runsInASessionOfItsOwnSoThatCtrlCAtTheConsoleDoesNotReachIt() throws Exception {
    ChildProcess child = start("cut -d' ' -f6 /proc/$$/stat; echo $$; sleep 60");

    assertThat(line()).isEqualTo(line()).isEqualTo(String.valueOf(child.pid()));
  }

  @Test
  void notesItselfInItsPidFileWhileItRuns() throws Exception {
    Path pidFile = directory.resolve("run/child.pid");
    ChildProcess child =
        ChildProcess.start(command(OBEDIENT, Map.of(), Optional.of(pidFile), List.of(Signal.TERM)));
    started.add(child);
    line();

    assertThat(LeftOvers.named(pidFile)).map(ProcessIdentity::pid).contains(child.pid());
    child.stop(Duration.ofSeconds(5));
    await().untilAsserted(() -> assertThat(pidFile).doesNotExist());
  }

  @Test
  void saysWhenTheProgramDoesNotExist() throws Exception {
    ChildProcess child =
        ChildProcess.start(
            new ChildCommand(
                "none",
                List.of("/no/such/program"),
                directory,
                Map.of(),
                List.of(Signal.TERM),
                Optional.empty(),
                lines::add));

    assertThat(child.exited().get()).isEqualTo(127);
    assertThat(line()).contains("/no/such/program").contains("not found");
  }

  @Test
  void endsByItselfWhenTheServerIsKilled() throws Exception {
    Process server = server("TERM", "/bin/sh", "-c", STUBBORN);
    try (var output = output(server)) {
      List<ProcessIdentity> processes = processesIn(output.readLine());
      assertThat(processes).hasSize(2).allMatch(ProcessIdentity::isRunning);

      server.destroyForcibly();

      await()
          .atMost(UNDER_LOAD)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> processes.stream().noneMatch(ProcessIdentity::isRunning));
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void asksTheChildToStopBeforeItIsKilledWhenTheServerIsKilled() throws Exception {
    String program =
        "trap 'touch stopped; exit' TERM; echo ready $$ $$; while :; do sleep 0.05; done";
    Process server = server("TERM", "/bin/sh", "-c", program);
    try (var output = output(server)) {
      List<ProcessIdentity> processes = processesIn(output.readLine());

      server.destroyForcibly();

      await()
          .atMost(UNDER_LOAD)
          .until(() -> processes.stream().noneMatch(ProcessIdentity::isRunning));
      assertThat(directory.resolve("data/stopped")).exists();
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void refusesADataDirectoryThatAnotherProcessHasAndNamesIt() throws Exception {
    Process server = server("TERM", "/bin/sh", "-c", OBEDIENT);
    try (var output = output(server)) {
      output.readLine();

      assertThat(catchOpen(directory.resolve("data")))
          .isInstanceOf(DataDirectoryInUseException.class)
          .hasMessageContaining("is in use by process " + server.pid());
      // The failed attempt must not have dropped the lock.
      assertThat(catchOpen(directory.resolve("data")))
          .isInstanceOf(DataDirectoryInUseException.class);
    } finally {
      server.destroyForcibly();
    }
    server.waitFor();
    DataDirectory.open(directory.resolve("data")).close();
  }

  private static IOException catchOpen(Path path) {
    try {
      DataDirectory.open(path).close();
      throw new AssertionError("was opened");
    } catch (IOException e) {
      return e;
    }
  }

  private ChildProcess start(String script) throws IOException {
    ChildProcess child =
        ChildProcess.start(command(script, Map.of(), Optional.empty(), List.of(Signal.TERM)));
    started.add(child);
    return child;
  }

  private ChildCommand command(
      String script, Map<String, String> environment, Optional<Path> pidFile, List<Signal> stop) {
    return new ChildCommand(
        "child",
        List.of("/bin/sh", "-c", script),
        directory,
        environment,
        stop,
        pidFile,
        lines::add);
  }

  private Process server(String... arguments) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ServerForTest.class.getName(),
                directory.resolve("data").toString()));
    line.addAll(List.of(arguments));
    return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static List<ProcessIdentity> processesIn(String readyLine) {
    String[] words = readyLine.split(" ", -1);
    assertThat(words[0]).isEqualTo("ready");
    return List.of(
        ProcessIdentity.of(Long.parseLong(words[1])).orElseThrow(),
        ProcessIdentity.of(Long.parseLong(words[2])).orElseThrow());
  }

  private String line() throws InterruptedException {
    String line = lines.poll(30, TimeUnit.SECONDS);
    assertThat(line).isNotNull();
    return line;
  }
}

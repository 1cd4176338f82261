package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.MillraceProcess;
import io.millrace.testkit.program.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine lacks what Millrace needs: it is told what, and where to get it. */
class MissingToolsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int UNAVAILABLE = 69;

  @TempDir private Path folder;
  private Path tools;

  /** A PATH with what every system has, and nothing else. */
  @BeforeEach
  void makeABareMachine() throws IOException {
    tools = Files.createDirectory(folder.resolve("bin"));
    for (String name : List.of("dirname", "sed", "readlink", "find", "head", "cksum")) {
      fake(name, "exec " + Tools.require(name) + " \"$@\"");
    }
  }

  @Test
  void thePortalsBuildSaysThatNodeIsMissing() {
    Program.Result result = run(portalBuild(), "build");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors())
        .contains("Node 20 or newer is needed")
        .contains("no 'node' was found on the PATH");
  }

  @Test
  void thePortalsBuildSaysThatNodeIsTooOld() throws IOException {
    fake("node", "echo v18.19.0");
    Program.Result result = run(portalBuild(), "build");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors()).contains("Node 20 or newer is needed").contains("found v18.19.0");
  }

  @Test
  void theSourcesScriptSaysThatMavenOrNodeIsMissing() throws IOException {
    // Where nothing was built yet.
    Path script =
        Files.copy(Clips.repositoryRoot().resolve("millrace"), folder.resolve("millrace"));
    Program.Result bare = run(script.toString(), "demo");
    assertThat(bare.exitCode()).isEqualTo(UNAVAILABLE);
    assertThat(bare.errors()).contains("Maven 3.8 or newer is needed");

    fake("mvn", "exit 1");
    Program.Result withMaven = run(script.toString(), "demo");
    assertThat(withMaven.exitCode()).isEqualTo(UNAVAILABLE);
    assertThat(withMaven.errors()).contains("Node 20 or newer is needed");
  }

  @Test
  void theProgramSaysThatTheJdkIsMissing() {
    Tools.requireRoot();
    // A view of the machine of its own, without the folders where JDKs are installed.
    String hide =
        "for f in /usr/lib/jvm /usr/java /opt; do"
            + " if [ -d $f ]; then mount -t tmpfs none $f; fi; done; ";
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Tools.require("unshare"), "--mount", Tools.require("sh"), "-c"));
    String sh = Tools.require("sh");
    command.add(
        hide + "exec env -i PATH=" + tools + " HOME=" + folder + " " + sh + " \"$0\" serve");
    command.add(MillraceProcess.executable().toString());
    try (Program program = Program.start(command)) {
      Program.Result result = program.await(DEADLINE);
      assertThat(result.exitCode()).as(result.errors()).isEqualTo(UNAVAILABLE);
      assertThat(result.errors()).contains("Java 25 or newer was not found").contains("JAVA_HOME");
    }
  }

  private static String portalBuild() {
    return Clips.repositoryRoot().resolve("catalog/portal/build.sh").toString();
  }

  private Program.Result run(String script, String argument) {
    List<String> command =
        List.of(
            Tools.require("env"),
            "-i",
            "PATH=" + tools,
            "HOME=" + folder,
            Tools.require("sh"),
            script,
            argument);
    try (Program program = Program.start(command)) {
      return program.await(DEADLINE);
    }
  }

  /** A program of these words of shell. */
  private void fake(String name, String words) throws IOException {
    Path file =
        Files.writeString(tools.resolve(name), "#!" + Tools.require("sh") + "\n" + words + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}

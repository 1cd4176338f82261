package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the program ends where it cannot run; how it runs is for the tests of who starts it. */
@Timeout(60)
class MainTest {
  /** Makes a file system of 20 MiB and runs the rest of the line on it. */
  private static final List<String> ON_A_SMALL_DISK =
      List.of("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=20m none $0 && exec \"$@\"");

  @TempDir private Path directory;

  private record End(int status, String said) {}

  @Test
  void saysWhenAnotherProgramHasItsPort() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      End end = run(List.of(), directory.resolve("log"), other.getLocalPort());

      assertThat(end.status()).isEqualTo(ExitStatus.PORT_IN_USE.code());
      assertThat(end.said())
          .contains("millrace-kafka failed PORT_IN_USE it cannot listen on 127.0.0.1:")
          .contains("Address already in use");
    }
  }

  @Test
  void saysWhenItsLogDirectoryCannotBeMade() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    End end = run(List.of(), file.resolve("log"), 0);

    assertThat(end.status()).isEqualTo(ExitStatus.LOG_DIRECTORY.code());
    assertThat(end.said()).contains("failed LOG_DIRECTORY " + file + "/log cannot be used");
  }

  @Test
  void saysWhenItsLogDirectoryIsOfAnotherVersion() throws Exception {
    Path log = Files.createDirectory(directory.resolve("log"));
    Files.writeString(log.resolve("meta.properties"), "version=99\nnode.id=1\ncluster.id=a\n");

    End end = run(List.of(), log, 0);

    assertThat(end.status()).isEqualTo(ExitStatus.FORMAT.code());
    assertThat(end.said()).contains("failed FORMAT").contains("meta.properties");
  }

  @Test
  void saysWhenThereIsNoSpaceLeft() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    List<String> small = new ArrayList<>(ON_A_SMALL_DISK);
    small.add(disk.toString());
    assumeTrue(possible(small), "file systems cannot be made here");

    End end = run(small, disk.resolve("log"), 0);

    assertThat(end.status()).isEqualTo(ExitStatus.DISK_FULL.code());
    assertThat(end.said()).contains("failed DISK_FULL there is no space left for " + disk);
  }

  @Test
  void saysWhenItIsNotToldWhatToDo() throws Exception {
    End end = run(List.of(java(), "-cp", System.getProperty("java.class.path"), name()));

    assertThat(end.status()).isEqualTo(ExitStatus.SETTINGS.code());
    assertThat(end.said()).contains("failed SETTINGS which settings?");
  }

  private End run(List<String> before, Path log, int port) throws Exception {
    Path settings =
        Files.writeString(
            directory.resolve("settings"),
            "directory=%s%nport=%d%nuser=u%npassword=p%n".formatted(log, port));
    List<String> line = new ArrayList<>(before);
    line.addAll(
        List.of(
            java(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            name(),
            settings.toString()));
    return run(line);
  }

  private static End run(List<String> line) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return new End(process.exitValue(), said);
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean possible(List<String> small) throws InterruptedException {
    List<String> line = new ArrayList<>(small);
    line.add("true");
    try {
      return run(line).status() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String java() {
    return System.getProperty("java.home") + "/bin/java";
  }

  private static String name() {
    return Main.class.getName();
  }
}

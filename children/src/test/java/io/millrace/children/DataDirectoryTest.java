package io.millrace.children;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DataDirectoryTest {
  @TempDir Path directory;

  @Test
  void isMadeForItsOwnerAlone() throws IOException {
    try (DataDirectory data = DataDirectory.open(directory.resolve("a/b"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void isRefusedToASecondServerInThisProcessAndFreeAgainAfterClosing() throws IOException {
    try (DataDirectory data = DataDirectory.open(directory)) {
      assertThatThrownBy(() -> DataDirectory.open(directory.resolve(".")))
          .isInstanceOf(DataDirectoryInUseException.class)
          .hasMessageContaining(
              data.path() + " is in use by process " + ProcessHandle.current().pid());
    }
    DataDirectory.open(directory).close();
  }

  @Test
  void saysWhenItIsAFile() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void endsALeftOverChild() throws Exception {
    Process leftOver = new ProcessBuilder("sleep", "60").start();
    try (DataDirectory data = DataDirectory.open(directory)) {
      ProcessIdentity.of(leftOver.pid()).orElseThrow().write(data.pidFile("postgres"));

      assertThat(data.endLeftOvers()).containsExactly("postgres");

      assertThat(leftOver.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(data.pidFile("postgres")).doesNotExist();
    } finally {
      leftOver.destroyForcibly();
    }
  }

  @Test
  void leavesAProcessAloneThatOnlyHasTheSamePid() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try (DataDirectory data = DataDirectory.open(directory)) {
      ProcessIdentity now = ProcessIdentity.of(stranger.pid()).orElseThrow();
      new ProcessIdentity(now.pid(), now.startTicks() - 1, now.boot())
          .write(data.pidFile("postgres"));

      assertThat(data.endLeftOvers()).isEmpty();

      assertThat(stranger.isAlive()).isTrue();
      assertThat(data.pidFile("postgres")).doesNotExist();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void takesAPidFileOfGarbageForNothing() throws IOException {
    try (DataDirectory data = DataDirectory.open(directory)) {
      Files.createDirectories(data.pidFile("x").getParent());
      Files.writeString(data.pidFile("x"), "1 -- nonsense");

      assertThat(data.endLeftOvers()).isEmpty();
    }
  }

  @Test
  void findsWhatRunsAProgramInADirectoryAndNothingElse() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    Process here = new ProcessBuilder("sleep", "60").directory(directory.toFile()).start();
    Process elsewhere = new ProcessBuilder("sleep", "60").directory(other.toFile()).start();
    try {
      String program =
          Path.of("/proc/" + here.pid() + "/exe").toRealPath().getFileName().toString();
      List<ProcessIdentity> found = LeftOvers.running(program, directory);

      assertThat(found).map(ProcessIdentity::pid).containsExactly(here.pid());
      LeftOvers.end(found.getFirst(), List.of(Signal.INT));
      assertThat(here.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      here.destroyForcibly();
      elsewhere.destroyForcibly();
    }
  }

  @Test
  void saysInPlainWordsWhyItCannotBeMade() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> DataDirectory.open(Path.of("/proc/x")))
        .hasMessage("/proc/x cannot be made: its file system takes no directories");
    assertThatThrownBy(() -> DataDirectory.open(file.resolve("below")))
        .hasMessage(file.resolve("below") + " cannot be made: not a directory");
    assertThatThrownBy(() -> DataDirectory.open(file)).hasMessage(file + " is not a directory");
  }
}

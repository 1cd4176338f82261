package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileFailureTest {
  private static final Path FILE = Path.of("/srv/f");

  @Test
  void aFileIsNamedOnceWhetherTheFailureNamesItOrNot() {
    assertThat(FileFailure.of(FILE, new AccessDeniedException("/srv/f")))
        .hasMessage("/srv/f: permission denied");
    assertThat(FileFailure.of(FILE, new NoSuchFileException("/srv/f")))
        .hasMessage("there is no file /srv/f");
    assertThat(FileFailure.of(FILE, new IOException("Is a directory")))
        .hasMessage("/srv/f is a directory, not a file");
    assertThat(FileFailure.of(FILE, new FileSystemException("/srv/f", null, "Is a directory")))
        .hasMessage("/srv/f is a directory, not a file");
    assertThat(FileFailure.of(FILE, new FileSystemException("/srv/f", null, "Text file busy")))
        .hasMessage("/srv/f: text file busy");
  }

  @Test
  void aFullDiskIsSaidWithAdvice() {
    for (IOException full :
        new IOException[] {
          new IOException("No space left on device"),
          new FileSystemException("/srv/f", null, "Disk quota exceeded")
        }) {
      assertThat(FileFailure.isFull(full)).isTrue();
      assertThat(FileFailure.of(FILE, full))
          .hasMessage("/srv/f: the disk is full; make room on it, or choose another");
    }
    assertThat(FileFailure.isFull(new IOException("Is a directory"))).isFalse();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamedWithTheReason() {
    assertThat(FileFailure.ofMaking(FILE, new AccessDeniedException("/srv")))
        .isEqualTo("/srv/f cannot be made: permission denied");
    assertThat(FileFailure.ofMaking(FILE, new NoSuchFileException("/srv/f")))
        .isEqualTo("/srv/f cannot be made: its file system takes no directories");
  }
}

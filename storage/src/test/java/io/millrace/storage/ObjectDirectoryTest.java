package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is flushed, and when. */
class ObjectDirectoryTest {
  @TempDir Path folder;
  private final List<Path> flushed = new CopyOnWriteArrayList<>();
  private Path root;

  @BeforeEach
  void findRoot() {
    root = folder.toAbsolutePath().normalize();
  }

  @Test
  @Timeout(20)
  void aWriteIsNotAcknowledgedBeforeTheDirectoryThatAnotherMadeIsDurable() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger first = new AtomicInteger();
    ObjectDirectory directory =
        new ObjectDirectory(
            root,
            path -> {
              if (path.equals(root.resolve("a")) && first.getAndIncrement() == 0) {
                reached.countDown();
                awaitQuietly(released);
              }
              flushed.add(path);
            },
            Files::createLink);
    Thread one = Thread.ofPlatform().start(() -> write(directory, "a/b/1"));
    reached.await();

    Thread two = Thread.ofPlatform().start(() -> write(directory, "a/b/2"));
    while (two.isAlive() && two.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertThat(two.isAlive()).as("the second write waits").isTrue();
    assertThat(flushed).doesNotContain(root.resolve("a"));
    released.countDown();
    one.join();
    two.join();
    assertThat(directory.head("a/b/2")).isPresent();
  }

  @Test
  void aDirectoryThatCouldNotBeFlushedIsFlushedByTheNextWrite() throws Exception {
    AtomicInteger failures = new AtomicInteger(1);
    ObjectDirectory directory =
        new ObjectDirectory(
            root,
            path -> {
              if (path.equals(root) && failures.getAndDecrement() > 0) {
                throw new IOException("broken");
              }
              flushed.add(path);
            },
            Files::createLink);
    assertThatThrownBy(() -> directory.write("a/1", content())).hasMessage("broken");

    directory.write("a/1", content());

    assertThat(flushed).containsExactly(root, root.resolve("a"));
  }

  @Test
  void aCopyIsASecondNameOfTheFileAndIsFlushed() throws Exception {
    ObjectDirectory directory = new ObjectDirectory(root, flushed::add, Files::createLink);
    directory.write("a/1", content());
    flushed.clear();

    assertThat(directory.copy("a/1", "b/1")).isPresent().isEqualTo(directory.head("b/1"));

    assertThat(Files.isSameFile(directory.file("a/1"), directory.file("b/1"))).isTrue();
    assertThat(flushed).contains(root.resolve("b"));
    assertThat(directory.copy("b/1", "a/1")).as("onto itself").isPresent();
    assertThat(root.resolve("#temp")).isEmptyDirectory();
  }

  @Test
  void aCopyIsAFileOfItsOwnWhereThereAreNoSecondNames() throws Exception {
    for (Exception refusal :
        List.of(
            new UnsupportedOperationException(),
            new FileSystemException("1", "2", "Too many links"))) {
      ObjectDirectory directory =
          new ObjectDirectory(
              root,
              flushed::add,
              (second, file) -> {
                if (refusal instanceof IOException io) {
                  throw io;
                }
                throw (RuntimeException) refusal;
              });
      directory.write("a/1", content());
      flushed.clear();

      assertThat(directory.copy("a/1", "b/1")).isPresent().isEqualTo(directory.head("b/1"));

      assertThat(Files.isSameFile(directory.file("a/1"), directory.file("b/1"))).isFalse();
      assertThat(directory.file("b/1")).hasSameBinaryContentAs(directory.file("a/1"));
      assertThat(flushed).contains(root.resolve("b"));
      assertThat(root.resolve("#temp")).isEmptyDirectory();
      directory.delete("b/1");
    }
  }

  @Test
  void aRemovalIsSettledWhereTheLastNameWentAway() throws Exception {
    ObjectDirectory directory = new ObjectDirectory(root, present(flushed), Files::createLink);
    directory.write("t/a/keep", content());
    directory.write("t/a/b/video/1", content());
    directory.delete("t/a/b/video/1");
    flushed.clear();

    directory.settleRemoval("t/a/b/");

    assertThat(flushed).containsExactly(root.resolve("t/a"));
    directory.delete("t/a/keep");
    directory.settleRemoval("t/a/b/");
    assertThat(flushed).endsWith(root);
  }

  /** As the system does, it fails where there is no such directory. */
  private static ObjectDirectory.DirectoryFlush present(List<Path> flushed) {
    return path -> {
      if (!path.toFile().isDirectory()) {
        throw new java.nio.file.NoSuchFileException(path.toString());
      }
      flushed.add(path);
    };
  }

  private static void write(ObjectDirectory directory, String key) {
    try {
      directory.write(key, content());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ByteBuffer[] content() {
    return new ByteBuffer[] {ByteBuffer.wrap(new byte[] {1})};
  }
}

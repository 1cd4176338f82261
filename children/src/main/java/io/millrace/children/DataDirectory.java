package io.millrace.children;

import io.millrace.config.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one server, locked for as long as this object is open; the kernel drops the lock
 * when the process ends, however it ends. Children note themselves in {@code run/{name}.pid}.
 */
public final class DataDirectory implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(DataDirectory.class);

  // POSIX drops a process's lock when any of its descriptors of the file is closed, so one process
  // must never open the lock file twice.
  private static final Set<Path> HELD = new HashSet<>();

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes the directory where it is missing (readable by its owner alone) and locks it.
   *
   * @throws DataDirectoryInUseException when a server, in this process or another, has it
   * @throws IOException when it cannot be made or written; the message names it
   */
  public static DataDirectory open(Path wanted) throws IOException {
    Path path = make(wanted);
    Path lockFile = path.resolve("lock");
    synchronized (HELD) {
      if (HELD.contains(path)) {
        throw new DataDirectoryInUseException(path, ProcessHandle.current().pid());
      }
      FileChannel channel = lockChannel(lockFile);
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          throw new DataDirectoryInUseException(path, pidIn(channel));
        }
        channel.truncate(0);
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(pid), 0);
      } catch (IOException e) {
        channel.close();
        throw e instanceof DataDirectoryInUseException ? e : FileFailure.of(lockFile, e);
      }
      HELD.add(path);
      return new DataDirectory(path, channel);
    }
  }

  private static FileChannel lockChannel(Path file) throws IOException {
    try {
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw FileFailure.of(file, e);
    }
  }

  /** Absolute, without symbolic links. */
  public Path path() {
    return path;
  }

  /** Where a child of this name notes itself. */
  public Path pidFile(String child) {
    return path.resolve("run").resolve(child + ".pid");
  }

  /**
   * Ends the children that an earlier server left behind, as their pid files tell. To be called
   * before any child is started; blocks for some seconds at worst.
   *
   * @return the names of those that still ran
   * @throws IOException when one cannot be ended: nothing may be started on its files then
   */
  public List<String> endLeftOvers() throws IOException {
    List<String> ended = new ArrayList<>();
    Path run = path.resolve("run");
    if (!Files.isDirectory(run)) {
      return ended;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "*.pid")) {
      for (Path file : files) {
        var leftOver = LeftOvers.named(file);
        if (leftOver.isPresent()) {
          LeftOvers.end(leftOver.get(), List.of(Signal.TERM));
          String name = file.getFileName().toString().replaceFirst("\\.pid$", "");
          LOGGER
              .atWarn()
              .addKeyValue("child", name)
              .addKeyValue("pid", leftOver.get().pid())
              .log("ended a child that an earlier server had left running");
          ended.add(name);
        }
        Files.deleteIfExists(file);
      }
    }
    return ended;
  }

  /** Lets another server have the directory. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      HELD.remove(path);
      channel.close();
    }
  }

  private static Path make(Path wanted) throws IOException {
    try {
      if (!Files.isDirectory(wanted)) {
        Files.createDirectories(
            wanted,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return wanted.toRealPath();
    } catch (FileAlreadyExistsException e) {
      throw new IOException(wanted + " is not a directory", e);
    } catch (IOException e) {
      throw new IOException(FileFailure.ofMaking(wanted, e), e);
    }
  }

  private static long pidIn(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(20);
    channel.read(text, 0);
    try {
      return Long.parseLong(
          new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}

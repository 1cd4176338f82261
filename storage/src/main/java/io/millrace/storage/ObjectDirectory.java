package io.millrace.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Objects as files below one directory; a key's parts are the directories and the file's name. All
 * methods block, and any thread may call them; writes of one key must not overlap.
 *
 * <p>A write goes to a file in {@code #temp} (a name that no key can have), which is flushed,
 * renamed over the object, and made durable by flushing the object's directory. So a reader or a
 * crash finds the old bytes or the new ones. The tag is the file's identity and its modification
 * time, which this class sets so that it never repeats.
 */
final class ObjectDirectory {
  private static final String TEMP = "#temp";
  private static final int ATTEMPTS = 8;
  private static final int STEP_BYTES = 256 * 1024;
  private static final long COPY_BYTES = 64L * 1024 * 1024;

  /** What is written from: the system takes no bytes from the heap. */
  private static final ThreadLocal<ByteBuffer> STEP =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STEP_BYTES));

  private final Path root;
  private final Path temp;
  private final DirectoryFlush directoryFlush;
  private final FileLink fileLink;
  private final AtomicLong counter = new AtomicLong();
  private final AtomicLong lastMicros = new AtomicLong();

  /** Held while directories are made; {@link #unflushed} is changed under it alone. */
  private final Lock making = new ReentrantLock();

  /** Directories that may be there and that a loss of power may take away. */
  private final Set<Path> unflushed = ConcurrentHashMap.newKeySet();

  /** Makes the names in a directory durable. */
  interface DirectoryFlush {
    void flush(Path directory) throws IOException;
  }

  /** Gives a file a second name. */
  interface FileLink {
    /**
     * @throws UnsupportedOperationException where the file system has no such names
     */
    void link(Path second, Path file) throws IOException;
  }

  /** Opens the directory, makes it where it is missing, and removes what a crash left half done. */
  ObjectDirectory(Path root) throws IOException {
    this(root, ObjectDirectory::force, Files::createLink);
  }

  /** The same with other ways to flush and to link. */
  ObjectDirectory(Path root, DirectoryFlush directoryFlush, FileLink fileLink) throws IOException {
    this.directoryFlush = directoryFlush;
    this.fileLink = fileLink;
    this.root = root.toAbsolutePath().normalize();
    this.temp = this.root.resolve(TEMP);
    Files.createDirectories(temp);
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(temp)) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  /**
   * Stores an object.
   *
   * @param content its pieces in order; read to their ends
   */
  ObjectInfo write(String key, ByteBuffer[] content) throws IOException {
    return write(key, channel -> writeAll(channel, content));
  }

  /** Stores the bytes of a file. */
  ObjectInfo writeFile(String key, Path content) throws IOException {
    return write(key, channel -> copy(content, channel));
  }

  /**
   * Stores an object's bytes under another key too: as a second name of its file, for no file's
   * bytes ever change, or where that cannot be as a second file.
   *
   * @return what is there then; empty when there is no such object
   */
  Optional<ObjectInfo> copy(String from, String to) throws IOException {
    if (from.equals(to) || head(from).isEmpty()) {
      return head(from);
    }
    try {
      if (!linked(file(from), file(to))) {
        return Optional.of(writeFile(to, file(from)));
      }
    } catch (NoSuchFileException e) {
      if (head(from).isEmpty()) {
        return Optional.empty();
      }
      throw e;
    }
    return head(to);
  }

  /** False where a file has no second name, or has as many as it may have. */
  private boolean linked(Path file, Path target) throws IOException {
    Path fresh = temp.resolve(Long.toString(counter.incrementAndGet()));
    try {
      fileLink.link(fresh, file);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      return false;
    }
    try {
      moveTo(fresh, target);
    } finally {
      // A rename to another name of the same file leaves both.
      Files.deleteIfExists(fresh);
    }
    return true;
  }

  /** Fills a new file. */
  private interface Filling {
    void fill(FileChannel channel) throws IOException;
  }

  private static void copy(Path content, FileChannel channel) throws IOException {
    try (FileChannel from = FileChannel.open(content, StandardOpenOption.READ)) {
      long size = from.size();
      long done = 0;
      while (done < size) {
        long copied = from.transferTo(done, Math.min(size - done, COPY_BYTES), channel);
        if (copied <= 0) {
          throw new IOException(content + " has become shorter");
        }
        done += copied;
      }
    }
  }

  private ObjectInfo write(String key, Filling content) throws IOException {
    Path target = file(key);
    Path fresh = temp.resolve(Long.toString(counter.incrementAndGet()));
    boolean moved = false;
    try {
      try (FileChannel channel =
          FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.fill(channel);
        Files.setLastModifiedTime(fresh, FileTime.from(nextMicros(), TimeUnit.MICROSECONDS));
        channel.force(true);
      }
      moveTo(fresh, target);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(fresh);
      }
    }
    return head(key).orElseThrow(() -> new NoSuchFileException(target.toString()));
  }

  /** Many small pieces are one write, and a large one takes no more memory outside of the heap. */
  private static void writeAll(FileChannel channel, ByteBuffer[] content) throws IOException {
    ByteBuffer step = STEP.get();
    step.clear();
    for (ByteBuffer piece : content) {
      while (piece.hasRemaining()) {
        int count = Math.min(piece.remaining(), step.remaining());
        step.put(step.position(), piece, piece.position(), count);
        step.position(step.position() + count);
        piece.position(piece.position() + count);
        if (!step.hasRemaining()) {
          writeStep(channel, step);
        }
      }
    }
    writeStep(channel, step);
  }

  private static void writeStep(FileChannel channel, ByteBuffer step) throws IOException {
    step.flip();
    while (step.hasRemaining()) {
      channel.write(step);
    }
    step.clear();
  }

  /**
   * A delete may take the directory away between making it and moving into it, and another write
   * may have made it again: so it is looked at a second time.
   */
  private void moveTo(Path fresh, Path target) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        createDurably(directoryOf(target));
        Files.move(
            fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        directoryFlush.flush(directoryOf(target));
        createDurably(directoryOf(target));
        return;
      } catch (NoSuchFileException | FileAlreadyExistsException e) {
        if (attempt == ATTEMPTS || !Files.exists(fresh)) {
          throw e;
        }
      }
    }
  }

  Optional<ObjectInfo> head(String key) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file(key), BasicFileAttributes.class);
      return found.isRegularFile() ? Optional.of(info(key, found)) : Optional.empty();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      return absent(e);
    }
  }

  /** The object's present bytes and what they are, both of the same write. */
  Optional<StoredBytes> read(String key, long offset, int length) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Optional<ObjectInfo> before = head(key);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      ByteBuffer bytes;
      try (FileChannel channel = FileChannel.open(file(key), StandardOpenOption.READ)) {
        long rest = Math.max(0, channel.size() - offset);
        bytes = ByteBuffer.allocate((int) Math.min(rest, length));
        int read = 0;
        while (read >= 0 && bytes.hasRemaining()) {
          read = channel.read(bytes, offset + bytes.position());
        }
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
      if (head(key).equals(before)) {
        return Optional.of(new StoredBytes(before.get(), bytes.flip()));
      }
      if (attempt == ATTEMPTS) {
        throw new IOException(key + " changes faster than it can be read");
      }
    }
  }

  /** Bytes with what they are. */
  record StoredBytes(ObjectInfo info, ByteBuffer bytes) {}

  /**
   * Removes the file, and the directories that it leaves empty. Nothing is flushed: after a loss of
   * power the object may be there again, unless {@link #settleRemoval} follows.
   */
  void delete(String key) throws IOException {
    Path file = file(key);
    try {
      if (!Files.isDirectory(file)) {
        Files.deleteIfExists(file);
      }
    } catch (NotDirectoryException e) {
      return;
    } catch (IOException e) {
      Optional<ObjectInfo> _ = absent(e);
      return;
    }
    for (Path parent = directoryOf(file); !parent.equals(root); parent = directoryOf(parent)) {
      try {
        Files.deleteIfExists(parent);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  /**
   * Flushes the nearest directory that is left at or above a prefix: when the name of what was
   * below it is gone for good, so is all that was in there.
   */
  void settleRemoval(String prefix) throws IOException {
    for (Path left = root.resolve(prefix); ; left = directoryOf(left)) {
      try {
        directoryFlush.flush(left);
        return;
      } catch (NoSuchFileException e) {
        if (left.equals(root)) {
          throw e;
        }
      }
    }
  }

  List<ObjectInfo> list(String prefix, String after, int limit) throws IOException {
    return new DirectoryListing(root, TEMP, this::head).list(prefix, after, limit);
  }

  /** Where an object is. */
  Path file(String key) {
    return root.resolve(key);
  }

  private static ObjectInfo info(String key, BasicFileAttributes found) {
    Instant modified = found.lastModifiedTime().toInstant();
    String tag =
        Long.toHexString(found.lastModifiedTime().to(TimeUnit.MICROSECONDS))
            + "-"
            + Long.toHexString(found.size())
            + "-"
            + Integer.toHexString(String.valueOf(found.fileKey()).hashCode());
    return new ObjectInfo(key, found.size(), tag, modified);
  }

  /** A part of the key is a file: then there is no such object, and some file systems say so. */
  private static Optional<ObjectInfo> absent(IOException e) throws IOException {
    if (String.valueOf(e.getMessage()).endsWith("Not a directory")) {
      return Optional.empty();
    }
    throw e;
  }

  private long nextMicros() {
    Instant now = Instant.now();
    long micros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1000;
    return lastMicros.updateAndGet(last -> Math.max(last + 1, micros));
  }

  /** A directory that another write is making is there before its parent has been flushed. */
  private void createDurably(Path directory) throws IOException {
    if (!isDurable(directory)) {
      making.lock();
      try {
        make(directory);
      } finally {
        making.unlock();
      }
    }
  }

  private boolean isDurable(Path directory) {
    return Files.isDirectory(directory) && !unflushed.contains(directory);
  }

  private void make(Path directory) throws IOException {
    if (isDurable(directory)) {
      return;
    }
    Path parent = directoryOf(directory);
    if (!directory.equals(root)) {
      make(parent);
    }
    unflushed.add(directory);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      unflushed.remove(directory);
      throw e;
    }
    directoryFlush.flush(parent);
    unflushed.remove(directory);
  }

  private static Path directoryOf(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalStateException(file + " has no parent");
    }
    return parent;
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * The share of the file system's room that this process may still fill; empty where it is told of
   * none.
   */
  Optional<Double> freeShare() throws IOException {
    FileStore files = Files.getFileStore(root);
    long total = files.getTotalSpace();
    return total <= 0
        ? Optional.empty()
        : Optional.of((double) files.getUsableSpace() / (double) total);
  }
}

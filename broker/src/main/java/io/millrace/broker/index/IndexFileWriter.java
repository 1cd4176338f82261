package io.millrace.broker.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes a file with a CRC-32C of all of it at its end, so that it is there as a whole or not at
 * all: under another name first. What is put stays in memory until {@link #flush}. Belongs to one
 * thread.
 */
final class IndexFileWriter implements AutoCloseable {
  private static final int FIRST_BUFFER = 64 * 1024;

  private final Path file;
  private final Path incomplete;
  private final FileChannel channel;
  private final CRC32C checksum = new CRC32C();
  private byte[] buffer = new byte[FIRST_BUFFER];
  private int length;

  IndexFileWriter(Path file) throws IOException {
    this.file = file;
    this.incomplete = file.resolveSibling(file.getFileName() + ".incomplete");
    Files.createDirectories(file.toAbsolutePath().getParent());
    this.channel =
        FileChannel.open(
            incomplete,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  void putText(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    putNumber(bytes.length);
    for (byte b : bytes) {
      put(b);
    }
  }

  /** A number that is seldom large, not below 0: seven bits a byte, the lowest first. */
  void putNumber(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  void putLong(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      put((byte) (value >>> shift));
    }
  }

  private void put(byte value) {
    if (length == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * length);
    }
    buffer[length++] = value;
  }

  /** Writes what was put. */
  void flush() throws IOException {
    checksum.update(buffer, 0, length);
    write();
  }

  private void write() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    length = 0;
  }

  /** The file is whole, and takes the place of the one before. */
  void finish() throws IOException {
    flush();
    putLong(checksum.getValue());
    write();
    channel.force(true);
    channel.close();
    Files.move(
        incomplete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** What was not finished goes. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      Files.deleteIfExists(incomplete);
    }
  }
}

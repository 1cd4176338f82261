package io.millrace.broker.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Reads what {@link IndexFileWriter} wrote: looks at the checksum first, so what comes out of it is
 * what was put. Throws {@link IOException} with what is wrong with the file. Belongs to one thread.
 */
final class IndexFileReader implements AutoCloseable {
  private static final int CHECKSUM_BYTES = Long.BYTES;
  private static final int LONGEST_TEXT = 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int length;

  /** What is left without the checksum. */
  private long left;

  IndexFileReader(Path file) throws IOException {
    long size = Files.size(file);
    if (size < CHECKSUM_BYTES) {
      throw new IOException("it is cut off");
    }
    check(file, size - CHECKSUM_BYTES);
    this.left = size - CHECKSUM_BYTES;
    this.in = Files.newInputStream(file);
  }

  private void check(Path file, long bytes) throws IOException {
    CRC32C checksum = new CRC32C();
    try (InputStream stream = Files.newInputStream(file)) {
      for (long rest = bytes; rest > 0; ) {
        int read = stream.read(buffer, 0, (int) Math.min(rest, buffer.length));
        if (read < 0) {
          throw new EOFException("it is cut off");
        }
        checksum.update(buffer, 0, read);
        rest -= read;
      }
      byte[] written = stream.readNBytes(CHECKSUM_BYTES);
      long value = 0;
      for (byte b : written) {
        value = (value << 8) | (b & 0xff);
      }
      if (written.length < CHECKSUM_BYTES || value != checksum.getValue()) {
        throw new IOException("its checksum is wrong");
      }
    }
  }

  String getText() throws IOException {
    long bytes = getNumber();
    if (bytes < 0 || bytes > LONGEST_TEXT) {
      throw new IOException("a name in it is too long");
    }
    byte[] text = new byte[(int) bytes];
    for (int i = 0; i < text.length; i++) {
      text[i] = get();
    }
    return new String(text, UTF_8);
  }

  long getNumber() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number in it is too long");
  }

  long getLong() throws IOException {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (get() & 0xff);
    }
    return value;
  }

  private byte get() throws IOException {
    if (at == length) {
      length = left == 0 ? -1 : in.read(buffer, 0, (int) Math.min(left, buffer.length));
      at = 0;
      if (length <= 0) {
        length = 0;
        throw new EOFException("it ends too soon");
      }
      left -= length;
    }
    return buffer[at++];
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

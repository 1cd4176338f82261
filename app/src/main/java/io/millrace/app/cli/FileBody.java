package io.millrace.app.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** A file, or what of it is still to be sent, as the body of a request. */
final class FileBody {
  private FileBody() {}

  /**
   * @param offset where it begins in the file
   * @param bytes how many it has from there on
   * @param read hears from another thread how far the file has been read
   */
  static BodyPublisher of(Path file, long offset, long bytes, LongConsumer read) {
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> open(file, offset, read)), bytes);
  }

  private static InputStream open(Path file, long offset, LongConsumer read) {
    try {
      InputStream content = Files.newInputStream(file);
      content.skipNBytes(offset);
      return new Counted(content, offset, read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Counted extends FilterInputStream {
    private final LongConsumer read;
    private long position;

    private Counted(InputStream content, long position, LongConsumer read) {
      super(content);
      this.position = position;
      this.read = read;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      count(next < 0 ? -1 : 1);
      return next;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int count = super.read(bytes, from, length);
      count(count);
      return count;
    }

    private void count(int more) {
      if (more > 0) {
        position += more;
        read.accept(position);
      }
    }
  }
}
